import type { AllocationProblem } from "../claims/allocation.ts";
import type { BindProblem } from "../claims/claim_owners.ts";
import type { EligibilityProblem } from "../claims/eligibility.ts";

/** Why the driver refused something; a small, fixed set. */
export type RefusalReason =
  | AllocationProblem
  | BindProblem
  | EligibilityProblem
  | "invalid-uid"
  | "too-many-claims"
  | "hugepages-taken"
  | "topology-unreadable"
  | "malformed-environment"
  | "policy-conflict"
  | "virtual-machine"
  | "cluster-unavailable"
  | "checkpoint-failed"
  | "cgroup-failed";

/** Every one of them. The compiler sees to it that none is missing. */
export const refusalReasons = Object.keys(
  {
    "invalid-request-name": true,
    "unknown-pool": true,
    "unknown-device": true,
    "missing-capacity": true,
    "foreign-capacity": true,
    "malformed-quantity": true,
    "negative-quantity": true,
    "zero-quantity": true,
    "partial-page": true,
    "exceeds-device": true,
    "exceeds-remaining": true,
    "not-prepared": true,
    "other-pod": true,
    "other-container": true,
    "contradicts-checkpoint": true,
    "invalid-uid": true,
    "claim-gone": true,
    "not-allocated": true,
    "not-reserved": true,
    "invalid-config": true,
    "config-unsupported": true,
    "policy-conflict": true,
    "virtual-machine": true,
    "invalid-name": true,
    "pod-gone": true,
    "several-containers": true,
    "still-in-use": true,
    "too-many-claims": true,
    "hugepages-taken": true,
    "topology-unreadable": true,
    "malformed-environment": true,
    "cluster-unavailable": true,
    "checkpoint-failed": true,
    "cgroup-failed": true,
  } satisfies Record<RefusalReason, true>,
) as readonly RefusalReason[];
