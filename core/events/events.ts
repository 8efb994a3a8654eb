import type { AllocationProblem } from "../claims/allocation.ts";
import type { PodReference, PreparedClaim } from "../claims/claim.ts";
import type { EligibilityProblem } from "../claims/eligibility.ts";
import type { BindProblem } from "../claims/claim_owners.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { UnreadablePart } from "../topology/topology.ts";
import type { RequestedClaim } from "../ports/dra_service.ts";

/** Why the driver refused something; a small, fixed set. */
export type RefusalReason =
  | AllocationProblem
  | BindProblem
  | EligibilityProblem
  | "invalid-uid"
  | "hugepages-taken"
  | "topology-unreadable"
  | "malformed-environment"
  | "cluster-unavailable"
  | "checkpoint-failed"
  | "cgroup-failed";

/** What happens in the driver, for logs and metrics. */
export type DriverEvent =
  | { readonly kind: "claim-prepared"; readonly claim: PreparedClaim }
  | { readonly kind: "claim-unprepared"; readonly claim: PreparedClaim }
  | { readonly kind: "orphan-collected"; readonly claim: PreparedClaim }
  /** What was prepared of a claim was released, since the cluster allocated the claim anew. */
  | { readonly kind: "claim-superseded"; readonly claim: PreparedClaim }
  | {
    readonly kind: "claim-refused";
    readonly reason: RefusalReason;
    readonly claim: RequestedClaim;
    readonly message: string;
  }
  | { readonly kind: "claims-recovered"; readonly count: number }
  | { readonly kind: "checkpoint-damaged"; readonly message: string }
  /** Somebody had removed the checkpoint of a prepared claim, and it was written again. */
  | { readonly kind: "checkpoint-restored"; readonly claim: PreparedClaim }
  | {
    readonly kind: "container-adjusted";
    readonly pod: PodReference;
    readonly container: string;
    readonly claims: readonly ClaimUid[];
    readonly mems: string;
  }
  | {
    readonly kind: "container-refused";
    readonly pod: PodReference;
    readonly container: string;
    /** Those that it shows; empty when they cannot be read. */
    readonly claims: readonly ClaimUid[];
    readonly reason: RefusalReason;
    readonly message: string;
  }
  /** The limits of a pod's cgroup are not what its containers hold. */
  | { readonly kind: "pod-limits-left"; readonly pod: PodReference; readonly message: string }
  | { readonly kind: "containers-synchronized"; readonly seen: number; readonly updated: number }
  | { readonly kind: "slices-published"; readonly devices: number; readonly writes: number }
  | { readonly kind: "slices-failed"; readonly message: string }
  | { readonly kind: "kubelet-registered" }
  | { readonly kind: "kubelet-lost"; readonly message: string }
  | { readonly kind: "runtime-connected"; readonly runtime: string }
  | { readonly kind: "runtime-lost"; readonly message: string }
  /** Another instance of the driver acts towards the runtime, and this one will when that ends. */
  | { readonly kind: "runtime-standby" }
  /** The runtime starts containers also when it could not ask the driver. */
  | { readonly kind: "fail-closed-unsupported"; readonly runtime: string }
  | { readonly kind: "topology-unreadable"; readonly part: UnreadablePart }
  /** What is kept from claims came to something else than it was written as, or is for what the node does not have. */
  | {
    readonly kind: "reservation-changed";
    readonly notes: readonly string[];
    readonly ignored: readonly string[];
  }
  /** The Node's annotation cannot be read, and what the driver was told counts. */
  | { readonly kind: "reservation-refused"; readonly message: string };

/** Told of everything that happens. Must not throw and must not wait. */
export interface Recorder {
  record(event: DriverEvent): void;
}

/** Passes every event on to several recorders, in order. */
export function recorderFor(recorders: readonly Recorder[]): Recorder {
  return { record: (event) => recorders.forEach((recorder) => recorder.record(event)) };
}
