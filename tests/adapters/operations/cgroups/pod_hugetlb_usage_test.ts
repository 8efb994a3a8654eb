import assert from "node:assert/strict";
import { PodHugetlbUsage } from "../../../../adapters/operations/cgroups/pod_hugetlb_usage.ts";
import { podUid } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { withFiles } from "../../driver/sysfs/support.ts";

const uid = "0c01e379-873c-488c-8f77-02fdeaf6711a", page2m = parsePageSize("2m");
const proc = { "proc/sys/kernel/osrelease": "7.3.0\n" };
const stat = "hugetlb.2MB.numa_stat", text = "total=6291456 N0=2097152 N1=4194304\n";

for (
  const directory of [
    `kubepods/pod${uid}`,
    `kubepods/burstable/pod${uid}`,
    `kubelet/kubepods/besteffort/pod${uid}`,
    `system.slice/kubelet.service/a/b/c/d/kubepods/besteffort/pod${uid}`,
    `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll("-", "_")}.slice`,
  ]
) {
  Deno.test(`a pod's use is found in ${directory}`, async () => {
    await withFiles(
      { [`${directory}/${stat}`]: text, "system.slice/x.service/cgroup.procs": "", ...proc },
      async (mount) => {
        const used = await new PodHugetlbUsage(mount, `${mount}/proc`).used(podUid(uid), page2m);
        assert.deepEqual(used, { kind: "counted", bytes: new Map([[0, 2097152n], [1, 4194304n]]) });
      },
    );
  });
}

Deno.test("of another pod, another size and without a hierarchy nothing is known", async () => {
  await withFiles({ [`kubepods/pod${uid}/${stat}`]: text }, async (mount) => {
    const usage = new PodHugetlbUsage(mount, `${mount}/proc`);
    assert.equal(await usage.used(podUid(uid.replace("0", "1")), page2m), undefined);
    assert.equal(await usage.used(podUid(uid), parsePageSize("1g")), undefined);
    assert.equal(
      await new PodHugetlbUsage(`${mount}/none`, `${mount}/proc`).used(podUid(uid), page2m),
      undefined,
    );
  });
});
