import assert from "node:assert/strict";
import {
  CgroupContainerMemory,
  parseMemoryStat,
} from "../../../../adapters/driver/cgroup/container_memory.ts";
import { containerId, podUid } from "../../../../core/values/ids.ts";
import { withFiles } from "../sysfs/support.ts";
import { hugetlbFiles, uid } from "./tree.ts";

const id = "0123456789abcdef";
const slice = `kubepods.slice/kubepods-pod${uid.replaceAll("-", "_")}.slice`;
const stat = [
  "anon N0=0 N1=4096",
  "file N0=8192 N1=0",
  "kernel_stack N0=16384 N1=0",
  "pagetables N0=4096 N1=4096",
  "shmem N0=8192 N1=0",
  "slab_unreclaimable N0=100 N1=200",
].join("\n");

for (
  const directory of [
    `kubepods/burstable/pod${uid}/${id}`,
    `${slice}/cri-containerd-${id}.scope`,
    `${slice}/crio-${id}.scope`,
    `${slice}/crio-${id}.scope/container`,
    `kubepods/burstable/pod${uid}/crio-${id}`,
  ]
) {
  Deno.test(`what the kernel says of a container is read from ${directory}`, () =>
    withFiles({
      [`${directory}/cpuset.mems.effective`]: "1\n",
      [`${directory}/memory.numa_stat`]: stat,
      [`${directory}/hugetlb.2MB.numa_stat`]: "total=2097152 N0=0 N1=2097152\n",
      ...hugetlbFiles(directory, "2MB", { max: "67108864", current: "2097152" }),
      ...hugetlbFiles(podOf(directory), "2MB", { max: "max", current: "2097152" }),
      // The scope around what crun makes has the same use, and limits of its own.
      ...(directory.endsWith("/container")
        ? hugetlbFiles(directory.replace(/\/container$/, ""), "2MB", { max: "max", current: "2097152" })
        : {}),
      [`${podOf(directory)}/crio-conmon-${id}.scope/cpuset.mems.effective`]: "0-7\n",
    }, async (mount) => {
      assert.deepEqual(await memoryIn(mount), {
        mems: [1],
        hugetlb: [{
          pageSize: 2n << 20n,
          limit: 64n << 20n,
          reservationLimit: 64n << 20n,
          podLimit: "max",
          podReservationLimit: "max",
          current: 2n << 20n,
          leftInPod: 0n,
          byNode: { kind: "counted", bytes: new Map([[0, 0n], [1, 2n << 20n]]) },
        }],
        memory: [
          { numaNode: 0, anonymous: 0n, file: 8192n, kernel: 20_580n },
          { numaNode: 1, anonymous: 4096n, file: 0n, kernel: 4296n },
        ],
      });
    }));
}

Deno.test("what a pod has beyond what its containers have was left by ones that are gone", () => {
  const pod = `kubepods/pod${uid}`;
  return withFiles({
    ...hugetlbFiles(pod, "2MB", { max: "67108864", current: "12582912" }),
    ...hugetlbFiles(`${pod}/${id}`, "2MB", { max: "67108864", current: "4194304" }),
    ...hugetlbFiles(`${pod}/other`, "2MB", { max: "67108864", current: "2097152" }),
  }, async (mount) => assert.equal((await memoryIn(mount))?.hugetlb[0]?.leftInPod, 6n << 20n));
});

const policies: readonly (readonly [maps: string, policy: string | undefined])[] = [
  [
    `00400000 interleave=static:0-1 file=/workload\n${"7f00 default anon=1\n".repeat(1000)}`,
    "interleave:0-1",
  ],
  ["00400000 default file=/workload\n", "default"],
  ["", undefined],
];
for (const [maps, policy] of policies) {
  Deno.test(`limits of memory are read as far as there are files, and the first process's policy: ${policy}`, () => {
    const pod = `kubepods/pod${uid}`, directory = `${pod}/${id}`;
    return withFiles({
      [`${pod}/memory.max`]: "134217728\n",
      [`${pod}/memory.low`]: "0\n",
      [`${directory}/memory.max`]: "67108864\n",
      [`${directory}/memory.high`]: "max\n",
      [`${directory}/memory.swap.max`]: "0\n",
      [`${directory}/cgroup.procs`]: "17\n18\n",
      "proc/17/numa_maps": maps,
      "proc/18/numa_maps": "00400000 bind:1\n",
    }, async (mount) => {
      const read = await memoryIn(mount);
      assert.deepEqual(read?.limits, { max: 64n << 20n, high: "max", swapMax: 0n });
      assert.deepEqual(read?.podLimits, { max: 128n << 20n, low: 0n });
      assert.equal(read?.policy, policy);
    });
  });
}

Deno.test("a container whose controllers are off is found, and nothing is known of it", () =>
  withFiles({ [`kubepods/pod${uid}/${id}/cgroup.procs`]: "" }, async (mount) => {
    assert.deepEqual(await memoryIn(mount), { mems: undefined, hugetlb: [], memory: undefined });
  }));

Deno.test("nodes are not looked for where CPU sets are in another hierarchy", () =>
  withFiles({
    "cgroup.controllers": "hugetlb\n",
    [`kubepods/pod${uid}/${id}/cgroup.procs`]: "",
  }, async (mount) => assert.equal((await memoryIn(mount))?.mems, "elsewhere")));

Deno.test("without its cgroup, or its pod's, a container is not found", () =>
  withFiles({ [`kubepods/pod${uid}/other/cgroup.procs`]: "" }, async (mount) => {
    assert.equal(await memoryIn(mount), undefined);
    assert.equal(await memoryIn(`${mount}/none`), undefined);
  }));

for (const text of ["", "anon", "anon N0=x", "file N0=1", "anon N5000=1"]) {
  Deno.test(`${JSON.stringify(text)} tells nothing of memory`, () =>
    assert.equal(parseMemoryStat(text), undefined));
}

function podOf(directory: string): string {
  return directory.replace(/\/[^/]+(\/container)?$/, "");
}

function memoryIn(mount: string) {
  return new CgroupContainerMemory(mount, `${mount}/proc`).read(podUid(uid), containerId(id));
}
