import type { ResourceClaim } from "../claims/claim.ts";

/** The cluster could not be asked: it is away, too slow, or denies the request. Worth another try. */
export class ClusterUnavailableError extends Error {
  override name = "ClusterUnavailableError";
}

/** Where ResourceClaims are looked up. */
export interface ClaimSource {
  /**
   * The claim of that name as it stands now, whichever uid it has; undefined when there is none.
   *
   * Bounded in time. Throws {@link ClusterUnavailableError}.
   */
  claim(namespace: string, name: string): Promise<ResourceClaim | undefined>;
}
