import type { PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { HugetlbLimits } from "./pod_cgroup.ts";

/** What the kubelet set of the hugetlb limits of a pod, by page size. */
export type BaseLimits = ReadonlyMap<PageSize, HugetlbLimits>;

/**
 * Keeps the {@link BaseLimits} of pods for the next instance of the driver: of the limits of a pod's cgroup nobody can
 * tell afterwards which part is whose. A pod's base stays the same for as long as the pod exists, also over a boot.
 *
 * A container waits for what is kept of its pod: that takes as long with a thousand pods as with one.
 */
export interface PodBases {
  /** What was kept; what of it cannot be read is left out, which is told and no error. */
  load(): Promise<ReadonlyMap<PodUid, BaseLimits>>;
  /** Keeps this of a pod instead. That it cannot be written is told and no error: it is known until the driver ends. */
  keep(pod: PodUid, limits: BaseLimits): void;
  /** The pod is gone. */
  forget(pod: PodUid): void;
}
