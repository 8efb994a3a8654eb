import assert from "node:assert/strict";
import { podReservations } from "../../../../adapters/operations/cgroups/pod_reservations.ts";
import { withFiles } from "../../driver/sysfs/support.ts";
import { otherUid, uid } from "../../driver/cgroup/tree.ts";

/** A cgroup with what it uses and has reserved, in bytes. */
function files(cgroup: string, mems: string, current: number, reserved: number): Record<string, string> {
  return {
    [`${cgroup}/hugetlb.2MB.max`]: "max\n",
    [`${cgroup}/hugetlb.2MB.current`]: `${current}\n`,
    [`${cgroup}/hugetlb.2MB.rsvd.current`]: `${reserved}\n`,
    [`${cgroup}/cpuset.mems.effective`]: `${mems}\n`,
  };
}

Deno.test("what containers have reserved and not touched is found, with the nodes that it can come from", () =>
  withFiles({
    ...files(`kubepods/pod${uid}`, "0-1", 4 << 20, 84 << 20),
    ...files(`kubepods/pod${uid}/a`, "1", 4 << 20, 84 << 20),
    ...files(`kubepods/burstable/pod${otherUid}/b`, "0-1", 0, 8 << 20),
    ...files(`kubepods/burstable/pod${otherUid}/c`, "0", 6 << 20, 6 << 20),
  }, async (mount) => {
    assert.deepEqual(await podReservations(mount), [
      { pod: otherUid, pageSize: 2n << 20n, bytes: 8n << 20n, nodes: [0, 1] },
      { pod: uid, pageSize: 2n << 20n, bytes: 80n << 20n, nodes: [1] },
    ]);
  }));

Deno.test("without a kubelet nothing is known to be reserved", () =>
  withFiles(
    { "other/cgroup.procs": "" },
    async (mount) => assert.deepEqual(await podReservations(mount), []),
  ));
