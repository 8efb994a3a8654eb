import type { ResourceClaim } from "../claims/claim.ts";
import { checkClaim, checkContainers, type ClaimUser, type EligibleClaim } from "../claims/eligibility.ts";
import { claimsBeside } from "../claims/pod_usage.ts";
import type { RequestedClaim } from "../ports/dra_service.ts";
import { driverName } from "../values/driver.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { ClusterLookups } from "./cluster_lookups.ts";

/** A claim that may be prepared, who uses it, and the other claims of the same container. */
export interface UsableClaim {
  readonly claim: EligibleClaim;
  readonly user: ClaimUser;
  readonly neighbors: readonly ResourceClaim[];
}

/**
 * Reads a claim from the cluster with all that says whether it may be prepared. Throws `IneligibleClaimError`, and
 * `ClusterUnavailableError` where the cluster cannot be asked.
 */
export async function lookUpClaim(
  { namespace, name }: RequestedClaim,
  uid: ClaimUid,
  cluster: ClusterLookups,
): Promise<UsableClaim> {
  const claim = checkClaim(await cluster.claim(namespace, name), { namespace, name }, uid);
  const user = checkContainers(claim, await cluster.pod(namespace, claim.pod.name));
  const names = hasHugepages(claim) || claim.configs.length > 0
    ? claimsBeside(user.pod, user.container, name)
    : [];
  const neighbors = await Promise.all(names.map((neighbor) => cluster.claim(namespace, neighbor)));
  return { claim, user, neighbors: neighbors.filter((neighbor) => neighbor !== undefined) };
}

/** Only where hugepages are mounted, or something is configured, does it matter what else the container has. */
function hasHugepages({ results }: EligibleClaim): boolean {
  return results.some(({ driver, device }) => driver === driverName && device.startsWith("hugepages-"));
}
