import type { ContainerPath } from "../../values/container_path.ts";

/** Where a container finds its hugetlbfs: a path, or `none` for no mount at all. */
export type MountPath = ContainerPath | "none";

/**
 * What a claim or a DeviceClass says about memory beyond its amount: `dra.memory/v1alpha1`, kind `MemoryConfig`.
 * Every field may be missing, which leaves it to a wider configuration or to the driver.
 */
export interface MemoryConfig {
  readonly hugetlbfs?: { readonly mountPath?: MountPath };
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
