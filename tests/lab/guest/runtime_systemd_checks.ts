/** What becomes of a claim's limits when systemd, which makes the cgroups, is told something about them by others. */
import assert from "node:assert/strict";
import { until } from "../../until.ts";
import { nodeRuntime } from "./node_runtime.ts";
import { hugepages } from "./placement_promises.ts";
import { isActive, systemctl } from "./pod_cgroups.ts";
import { limitsOf, type RuntimeCluster, type SandboxedPod, withRuntime } from "./runtime_cluster.ts";

const protectedMemory = {
  resource: "memory",
  numaNode: 1,
  bytes: 64 << 20,
  config: { limits: { max: "claim", lowPercent: 50, minPercent: 25 } },
} as const;

const containerFiles = [
  ...["cpuset.mems", "hugetlb.2MB.max", "hugetlb.2MB.rsvd.max"],
  ...["memory.max", "memory.low", "memory.min"],
];
/** Of the pod and those above it. */
const podFiles = ["hugetlb.2MB.max", "hugetlb.2MB.rsvd.max", "memory.low", "memory.min"];

Deno.test("limits of claims stay when systemd reads its units anew, and when others set properties of them", () =>
  withRuntime(nodeRuntime(), [], async (cluster) => {
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([hugepages, protectedMemory]);
    const container = await cluster.startMain(pod);
    assert.deepEqual(await cluster.limits(pod, container), limitsOf(hugepages));
    const path = cluster.runtime.cgroupOf(pod.cgroup, container);
    const [scope = ""] = /[^/]+\.scope/.exec(path) ?? [], [slice = ""] = /[^/]+$/.exec(pod.cgroup) ?? [];
    const ofContainer = () => filesOf(cluster, [path], containerFiles);
    const ofPod = () => filesOf(cluster, [...above(pod), pod.cgroup], podFiles);
    const claimed = await ofContainer(), protectedByClaim = await ofPod();
    assert.equal(claimed[`${path}/memory.min`], `${16 << 20}`);
    assert.equal(protectedByClaim["/kubepods.slice/memory.min"], `${16 << 20}`);

    for (
      const command of [
        ["daemon-reload"],
        ["set-property", "--runtime", scope, "CPUWeight=50"],
        ["set-property", "--runtime", scope, "MemoryHigh=60M"],
        ["set-property", "--runtime", scope, "AllowedCPUs=0-1"],
        ["set-property", "--runtime", slice, "MemoryMax=800M"],
        ["set-property", "--runtime", slice, "AllowedCPUs=0-1"],
        ["set-property", "--runtime", "kubepods.slice", "MemoryMax=1G"],
        ["daemon-reload"],
      ]
    ) {
      await systemctl(...command);
      // It answers when all that it was told before is done.
      await until(`systemd after ${command.join(" ")}`, () => isActive(scope));
      assert.deepEqual(await ofContainer(), claimed, command.join(" "));
      // systemd writes what it knows to memory.low and memory.min of slices, which is none: the driver does so again.
      const restored = async () =>
        JSON.stringify(await ofPod()) === JSON.stringify(protectedByClaim) || undefined;
      await until(`the pod's limits after ${command.join(" ")}`, restored, 60);
    }
    await cluster.removePod(pod);
  }));

/** The cgroups above a pod's, the root left out. */
function above({ cgroup }: SandboxedPod): string[] {
  const names = cgroup.split("/").slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}

async function filesOf(
  { cgroups }: RuntimeCluster,
  paths: readonly string[],
  files: readonly string[],
): Promise<Record<string, string>> {
  const all = paths.flatMap((path) => files.map((file) => [path, file] as const));
  return Object.fromEntries(
    await Promise.all(
      all.map(async ([path, file]) => [`${path}/${file}`, await cgroups.read(path, file)] as const),
    ),
  );
}
