import type { PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { HugetlbLimits } from "./pod_cgroup.ts";

/** What the kubelet set of the hugetlb limits of pods, by pod and page size. */
export type BaseLimits = ReadonlyMap<PodUid, ReadonlyMap<PageSize, HugetlbLimits>>;

/**
 * Keeps {@link BaseLimits} for the next instance of the driver: of the limits of a pod's cgroup nobody can tell
 * afterwards which part is whose. A pod's base stays the same for as long as the pod exists, also over a boot.
 */
export interface PodBases {
  /** What was kept; nothing where that cannot be read, which is told and no error. */
  load(): Promise<BaseLimits>;
  /** Keeps these instead. That they cannot be written is told and no error: they are known until the driver ends. */
  save(bases: BaseLimits): Promise<void>;
}
