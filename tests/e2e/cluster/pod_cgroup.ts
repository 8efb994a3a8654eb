import type { Pod as V1Pod } from "kubernetes-types/core/v1";
import { onNode } from "./node.ts";

/** The directory of a pod's cgroup on the node. */
export async function podCgroup(pod: V1Pod | undefined): Promise<string> {
  return (await onNode(`find /sys/fs/cgroup -type d -name 'pod${pod?.metadata?.uid}'`)).trim();
}
