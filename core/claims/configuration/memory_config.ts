import type { ContainerPath } from "../../values/container_path.ts";

/** Where a container finds its hugetlbfs: a path, or `none` for no mount at all. */
export type MountPath = ContainerPath | "none";

/** Where the pages of a container's memory come from, among the nodes of its claims (set_mempolicy(2)). */
export const policyModes = [
  "bind",
  "preferred",
  "preferredMany",
  "interleave",
  "weightedInterleave",
] as const;
export type PolicyMode = (typeof policyModes)[number];

/**
 * What the cgroup of a container may have of memory. Amounts are whole percents of what is claimed, so that a class can
 * say them for claims of any size; 0, `none` and `allowed` say what holds without.
 */
export interface LimitsConfig {
  /** `memory.max`: `claim` is what is claimed, on top of the container's own `resources.limits.memory`. */
  readonly max?: "claim" | "none";
  readonly highPercent?: number;
  readonly lowPercent?: number;
  readonly minPercent?: number;
  readonly swap?: "forbidden" | "allowed";
}

/**
 * What a claim or a DeviceClass says about memory beyond its amount: `dra.memory/v1alpha1`, kind `MemoryConfig`.
 * Every field may be missing, which leaves it to a wider configuration or to the driver.
 */
export interface MemoryConfig {
  readonly hugetlbfs?: { readonly mountPath?: MountPath };
  /** Of the memory of the processes that start in the container; `bind` is what they have without any. */
  readonly policy?: PolicyMode;
  readonly limits?: LimitsConfig;
}

/** The version and kind that a configuration names. */
export const memoryConfigVersion = "dra.memory/v1alpha1", memoryConfigKind = "MemoryConfig";

/** One entry of `status.allocation.devices.config` for this driver. */
export interface OpaqueConfig {
  readonly source: "class" | "claim";
  /** The requests that it is for, each `<request>` or `<request>/<subrequest>`; empty means all. */
  readonly requests: readonly string[];
  readonly parameters: MemoryConfig | MalformedConfig;
}

/** Parameters that are no {@link MemoryConfig}. */
export interface MalformedConfig {
  /** One a field: `hugetlbfs.mountPath: …`. */
  readonly problems: readonly string[];
}
