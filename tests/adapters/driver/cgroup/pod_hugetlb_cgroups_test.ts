import assert from "node:assert/strict";
import { join } from "node:path";
import { PodHugetlbCgroups } from "../../../../adapters/driver/cgroup/pod_hugetlb_cgroups.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { withFiles } from "../sysfs/support.ts";
import { hugetlbFiles, kubeletTree, otherUid, uid } from "./tree.ts";

const page2m = parsePageSize("2m"), page1g = parsePageSize("1g");
const MiB = 1n << 20n;

Deno.test("pods that may use pages of a size are listed, with what they use", () =>
  withFiles(kubeletTree(), async (mount) => {
    const pods = new PodHugetlbCgroups(mount);
    assert.deepEqual(await pods.list(page2m), [{
      pod: uid,
      limit: 64n * MiB,
      used: 8n * MiB,
      nodes: undefined,
    }]);
    assert.deepEqual(await pods.list(page1g), []);
  }));

Deno.test("where all containers that may use pages are held to nodes, so is the pod", () =>
  withFiles({
    ...kubeletTree(),
    [`kubepods/burstable/pod${uid}/abc/cpuset.mems.effective`]: "1\n",
    [`kubepods/burstable/pod${uid}/pause/cpuset.mems.effective`]: "0-1\n",
    ...hugetlbFiles(`kubepods/burstable/pod${uid}/pause`, "2MB", { max: "0" }),
  }, async (mount) => {
    const [pod] = await new PodHugetlbCgroups(mount).list(page2m);
    assert.deepEqual(pod?.nodes, [1]);
  }));

Deno.test("a pod without a limit, or whose use cannot be read, is left out", () =>
  withFiles({
    ...hugetlbFiles(`kubepods/pod${uid}`, "2MB", { max: "max", current: "0" }),
    [`kubepods/pod${otherUid}/hugetlb.2MB.max`]: "4194304\n",
  }, async (mount) => assert.deepEqual(await new PodHugetlbCgroups(mount).list(page2m), [])));

Deno.test("pods are found that came later, below another root of the kubelet's too", () =>
  withFiles({ "cgroup.procs": "" }, async (mount) => {
    const pods = new PodHugetlbCgroups(mount);
    assert.deepEqual(await pods.list(page2m), []);
    for (const root of ["kubepods", "deeper/kubepods"]) {
      const files = hugetlbFiles(`${root}/pod${uid}`, "2MB", { max: "4194304" });
      for (const [path, text] of Object.entries(files)) {
        await Deno.mkdir(join(mount, path, ".."), { recursive: true });
        await Deno.writeTextFile(join(mount, path), text);
      }
      assert.deepEqual((await pods.list(page2m)).map(({ limit }) => limit), [4n * MiB]);
      await Deno.remove(join(mount, root), { recursive: true });
    }
  }));
