import * as v from "valibot";

/** NRI's messages in protobuf's JSON form, as far as the tests look at them. What is empty is left out. */

const text = v.optional(v.string(), "");

/** `LinuxResources`. */
export const resourcesMessage = v.object({
  cpu: v.exactOptional(v.object({ cpus: text, mems: text })),
  hugepageLimits: v.optional(
    v.array(v.object({ pageSize: v.string(), limit: v.optional(v.string(), "0") })),
    [],
  ),
});

/** `PodSandbox`. */
export const podMessage = v.object({
  id: v.string(),
  name: v.string(),
  uid: v.string(),
  namespace: v.string(),
  linux: v.exactOptional(v.object({ cgroupParent: text })),
});
export type PodMessage = v.InferInput<typeof podMessage>;

/** `Container`. */
export const containerMessage = v.object({
  id: v.string(),
  podSandboxId: v.string(),
  name: v.string(),
  state: v.exactOptional(v.string()),
  env: v.optional(v.array(v.string()), []),
  linux: v.exactOptional(v.object({ resources: v.exactOptional(resourcesMessage) })),
});
export type ContainerMessage = v.InferInput<typeof containerMessage>;

/** `ContainerUpdate`. */
export const updateMessage = v.object({
  containerId: v.string(),
  linux: v.exactOptional(v.object({ resources: v.exactOptional(resourcesMessage) })),
});

/** What a container gets: its NUMA nodes, and bytes of hugepages by page size (`2MB`). */
export interface PlacementMessage {
  readonly mems: string;
  readonly hugepages: Readonly<Record<string, bigint>>;
}

/** The part of resources that is this driver's business. */
export function placementOf(resources: v.InferInput<typeof resourcesMessage> | undefined): PlacementMessage {
  const limits = resources?.hugepageLimits ?? [];
  return {
    mems: resources?.cpu?.mems ?? "",
    hugepages: Object.fromEntries(limits.map(({ pageSize, limit }) => [pageSize, BigInt(limit ?? 0)])),
  };
}
