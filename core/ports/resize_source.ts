import type { PodReference } from "../claims/claim.ts";

/** Where it is asked whether pods are resized in place. */
export interface ResizeSource {
  /**
   * Why a pod's resize does not come about, in the kubelet's words; undefined when there is none that failed, or the pod
   * is gone.
   *
   * Bounded in time. Throws `ClusterUnavailableError`.
   */
  failure(pod: PodReference): Promise<string | undefined>;
}
