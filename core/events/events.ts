import type { PodReference, PreparedClaim } from "../claims/claim.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { MovedPages } from "../topology/moved_pages.ts";
import type { UnreadablePart } from "../topology/topology.ts";
import type { DifferenceReason } from "../status/difference.ts";
import type { RequestedClaim } from "../ports/dra_service.ts";
import type { RefusalReason } from "./refusal_reason.ts";

/** What happens in the driver; what each kind means to whom stands in `event_table.ts`. */
export type DriverEvent =
  | { readonly kind: "claim-prepared"; readonly claim: PreparedClaim }
  | { readonly kind: "claim-unprepared"; readonly claim: PreparedClaim }
  /** A claim was released that the cluster does not know. */
  | { readonly kind: "orphan-collected"; readonly claim: PreparedClaim }
  | { readonly kind: "orphans-not-collected"; readonly message: string }
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
  | { readonly kind: "checkpoints-not-restored"; readonly message: string }
  /** The start waits for another instance. */
  | { readonly kind: "checkpoint-busy"; readonly message: string }
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
  /** Containers have something else than they were promised, in more ways or more of them than before. */
  | {
    readonly kind: "containers-differ";
    /** Some of them, as `namespace/pod/container`. */
    readonly containers: readonly string[];
    readonly count: number;
    readonly reasons: readonly DifferenceReason[];
  }
  | { readonly kind: "containers-not-compared"; readonly message: string }
  /** The limits of a pod's cgroup are not what its containers hold. */
  | { readonly kind: "pod-limits-left"; readonly pod: PodReference; readonly message: string }
  /** A container that started without the driver could not be limited. */
  | { readonly kind: "limits-not-written"; readonly message: string }
  /** What the kubelet set of pods' limits could not be read or written. */
  | { readonly kind: "pod-limits-not-kept"; readonly message: string }
  /** Hugepages are on another node than before, and their device with them. */
  | { readonly kind: "hugepages-moved"; readonly moved: MovedPages }
  /** Somebody had changed the limits of a pod's cgroup, and they were put right. */
  | { readonly kind: "pod-limits-restored"; readonly pod: PodReference }
  | { readonly kind: "containers-synchronized"; readonly seen: number; readonly updated: number }
  | { readonly kind: "slices-published"; readonly devices: number; readonly writes: number }
  | { readonly kind: "slices-unchanged"; readonly devices: number }
  | { readonly kind: "slices-failed"; readonly message: string }
  | { readonly kind: "slice-watch-failed"; readonly message: string }
  | { readonly kind: "kubelet-registered" }
  | { readonly kind: "kubelet-lost"; readonly message: string }
  | { readonly kind: "kubelet-sockets-failed"; readonly message: string }
  | { readonly kind: "kubelet-connection-failed"; readonly message: string }
  /** `again` tells that it is not the first connection. */
  | { readonly kind: "runtime-connected"; readonly runtime: string; readonly again: boolean }
  | { readonly kind: "runtime-lost"; readonly message: string }
  /** Another instance of the driver acts towards the runtime, and this one will when that ends. */
  | { readonly kind: "runtime-standby" }
  /** The runtime starts containers also when it could not ask the driver. */
  | { readonly kind: "fail-closed-unsupported"; readonly runtime: string }
  | { readonly kind: "topology-unreadable"; readonly part: UnreadablePart }
  /** What is kept from claims came to something else than it was written as. */
  | { readonly kind: "reservation-changed"; readonly notes: readonly string[] }
  /** Some of what is to be kept from claims is for what the node does not have. */
  | {
    readonly kind: "reservation-ignored";
    readonly notes: readonly string[];
    readonly ignored: readonly string[];
  }
  /** The Node's annotation cannot be read, and what the driver was told counts. */
  | { readonly kind: "reservation-refused"; readonly message: string };

/** Told of everything that happens. Must not throw and must not wait. */
export interface Events {
  emit(event: DriverEvent): void;
}

/** Passes every event on to several, in order. */
export function allOf(listeners: readonly Events[]): Events {
  return { emit: (event) => listeners.forEach((listener) => listener.emit(event)) };
}
