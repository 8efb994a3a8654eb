import type { PodUsage } from "../claims/pod_usage.ts";

/** Where the pods that use claims are looked up. */
export interface PodSource {
  /**
   * The pod of that name as it stands now, whichever uid it has; undefined when there is none.
   *
   * Bounded in time. Throws `ClusterUnavailableError`.
   */
  pod(namespace: string, name: string): Promise<PodUsage | undefined>;
}
