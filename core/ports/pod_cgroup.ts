import type { ContainerId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";

/** A pod's cgroup cannot be read or cannot give what was promised. */
export class PodCgroupError extends Error {
  override name = "PodCgroupError";
  /** Whether there is no such cgroup, as after the pod's end. */
  readonly isMissing: boolean;

  constructor(
    message: string,
    { isMissing = false, ...options }: ErrorOptions & { readonly isMissing?: boolean } = {},
  ) {
    super(message, options);
    this.isMissing = isMissing;
  }
}

/** A limit in bytes, or none. */
export type HugetlbLimit = bigint | "max";

/** What a cgroup allows of one hugepage size. */
export interface HugetlbLimits {
  /** Of pages in use. */
  readonly usage: HugetlbLimit;
  /** Of pages that mappings have reserved. */
  readonly reservation: HugetlbLimit;
}

/**
 * The cgroups of pods, whose hugetlb limits bind every container below them.
 *
 * `cgroupParent` is the runtime's name for the pod's cgroup, in cgroupfs or systemd form. All methods throw
 * {@link PodCgroupError} that names the path and what to do.
 */
export interface PodCgroups {
  readHugetlb(cgroupParent: string, pageSize: PageSize): Promise<HugetlbLimits>;
  /** The bytes of a size that the pod uses, those included that outlived a container. */
  readHugetlbUsage(cgroupParent: string, pageSize: PageSize): Promise<bigint>;
  writeHugetlb(cgroupParent: string, pageSize: PageSize, limits: HugetlbLimits): Promise<void>;
  /** Writes what one container of the pod is allowed. One that has no cgroup, not started or over, needs none. */
  writeContainerHugetlb(
    cgroupParent: string,
    container: ContainerId,
    pageSize: PageSize,
    limits: HugetlbLimits,
  ): Promise<void>;
}
