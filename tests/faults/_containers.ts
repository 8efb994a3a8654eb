import assert from "node:assert/strict";
import type { ScheduledClaim } from "./objects.ts";
import type { TestedNode } from "./tested_node.ts";

/** A container's cgroup and its pod's. */
export interface Cgroups {
  readonly pod: string;
  readonly container: string;
}

/** Prepares a claim and creates the container that uses it. */
export async function runContainer(node: TestedNode, claim: ScheduledClaim): Promise<Cgroups> {
  const answer = await node.prepare(claim);
  assert.ok(answer.kind === "prepared");
  const { runtime } = node.cluster;
  const pod = await runtime.runPod(claim.pod);
  const cdiDevices = answer.devices.flatMap(({ cdiDeviceIds }) => cdiDeviceIds);
  const { cgroup } = await runtime.createContainer(pod, { name: "app", cdiDevices });
  return { pod: pod.linux?.cgroupParent ?? "", container: cgroup };
}

/** The container's pin and its and its pod's limits of 2m pages. */
export function limitsOf(
  { cluster: { cgroups } }: TestedNode,
  { pod, container }: Cgroups,
): Promise<string[]> {
  const limits = [container, pod].flatMap((cgroup) =>
    ["max", "rsvd.max"].map((file) => cgroups.read(cgroup, `hugetlb.2MB.${file}`))
  );
  return Promise.all([cgroups.read(container, "cpuset.mems"), ...limits]);
}
