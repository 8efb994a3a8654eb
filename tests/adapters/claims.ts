import type { Allocation, PreparedClaim } from "../../core/claims/claim.ts";
import { claimUid, numaNodeId, podUid } from "../../core/values/ids.ts";
import { parseQuantity } from "../../core/values/quantity.ts";
import { parseResourceName } from "../../core/values/resource_name.ts";

/** An allocation in a line: `allocation("main", "hugepages-2m", 1, "64Mi")`. */
export function allocation(request: string, resource: string, node: number, size: string): Allocation {
  return {
    request,
    pool: `node-a/${resource}`,
    device: `${resource}-numa${node}`,
    resource: parseResourceName(resource),
    numaNode: numaNodeId(node),
    bytes: parseQuantity(size),
  };
}

/** A claim that is prepared for pod `pod-a`. */
export function preparedClaim(uid: string, ...allocations: Allocation[]): PreparedClaim {
  return {
    reference: { namespace: "team", name: `claim-${uid}`, uid: claimUid(uid) },
    pod: { namespace: "team", name: "pod-a", uid: podUid("uid-of-pod-a") },
    allocations,
  };
}
