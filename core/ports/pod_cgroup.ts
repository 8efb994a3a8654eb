import type { PageSize } from "../page_size.ts";

/** A pod's cgroup cannot give what was promised. */
export class PodCgroupError extends Error {
  override name = "PodCgroupError";
}

/** The cgroups of pods, whose hugetlb limits bind every container below them. */
export interface PodCgroups {
  /**
   * Raises a pod's hugetlb limits, usage and reservation, to at least the given bytes for each page size. Limits
   * that are higher already stay.
   *
   * `cgroupParent` is the runtime's name for the pod's cgroup, in cgroupfs or systemd form. Throws
   * {@link PodCgroupError} that names the path and what to do.
   */
  allowHugetlb(cgroupParent: string, bytes: ReadonlyMap<PageSize, bigint>): Promise<void>;
}
