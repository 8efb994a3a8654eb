import type { NodeAllocatable } from "../ports/slice_repository.ts";
import type { PodReference, PreparedClaim } from "../claims/claim.ts";
import type { Share } from "../claims/environment.ts";
import type { ClaimOwners } from "../claims/claim_owners.ts";
import type { ClaimStore } from "../claims/claim_store.ts";
import type { Containers } from "../claims/containers.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import type { ClaimUid, ContainerId, NumaNodeId, PodUid } from "../values/ids.ts";
import type { Adjustment } from "../ports/container_service.ts";
import type { Precondition } from "../events/event_table.ts";
import type { PreconditionState, Readiness } from "../events/readiness.ts";

/** A claim, and the container that owns it, by its name in the pod's spec. */
export interface ClaimStatus extends Pick<PreparedClaim, "reference" | "pod" | "allocations"> {
  readonly container: string | undefined;
  /** Where the container has its hugepages mounted, in it. */
  readonly hugetlbfs: readonly string[];
  /** Why not, although it claims hugepages. */
  readonly withoutMounts: string | undefined;
}

/** What a claim gives a container. */
export function claimStatus(
  { reference, pod, allocations, injections = [], withoutMounts }: PreparedClaim,
  container: string | undefined,
): ClaimStatus {
  const paths = injections.flatMap(({ mounts }) => mounts.map(({ path }) => path));
  return { reference, pod, container, allocations, hugetlbfs: [...new Set(paths)], withoutMounts };
}

/** A container that exists and holds claims, with what it was promised. */
export interface ClaimedContainer {
  readonly id: ContainerId;
  readonly name: string;
  readonly pod: PodReference;
  readonly claims: readonly ClaimUid[];
  readonly shares: readonly Share[];
  readonly adjustment: Adjustment;
  /** How often the hugepage limits of its pod were put right after somebody, as the kubelet, had changed them. */
  readonly podLimitsRestored: number;
}

/** A device, in bytes. */
export interface DeviceStatus {
  readonly name: string;
  readonly numaNode: NumaNodeId;
  readonly capacityBytes: bigint;
  readonly claimedBytes: bigint;
}

/** A pod that the kubelet could not resize in place, and why, in its words. */
export interface FailedResize {
  readonly pod: PodReference;
  readonly message: string;
}

/** What the API server says of resizes of the pods that have hugepages. */
export interface Resizes {
  readonly failed: readonly FailedResize[];
  /** Why there may be more; absent when there are none. */
  readonly unknown?: string;
}

/** What a driver knows at one moment. */
export interface DriverStatus {
  readonly preconditions: Readonly<Record<Precondition, PreconditionState>>;
  readonly devices: readonly DeviceStatus[];
  readonly claims: readonly ClaimStatus[];
  readonly containers: readonly ClaimedContainer[];
  /** What is wrong with the checkpoints that could not be read since the start. */
  readonly damaged: readonly string[];
  /** Whether claims count as the node's own resources, or why not; absent until the slices were looked at. */
  readonly nodeAllocatable?: NodeAllocatable;
  /** Absent where nobody asked for it. */
  readonly resizes?: Resizes;
}

/** Where a driver's status comes from. */
export interface StatusSources {
  readonly readiness: Readiness;
  readonly inventory: DeviceInventory;
  readonly store: Pick<ClaimStore, "claims" | "holds" | "usedBytes" | "damaged">;
  readonly owners: ClaimOwners;
  readonly containers: Containers;
  readonly limitsRestored: (pod: PodUid) => number;
  readonly nodeAllocatable?: () => NodeAllocatable | undefined;
}

/** Puts together what a driver knows. */
export function driverStatus(
  { readiness, inventory, store, owners, containers, limitsRestored, nodeAllocatable }: StatusSources,
): DriverStatus {
  const counted = nodeAllocatable?.();
  const state = (part: Precondition) => readiness.states.get(part) ?? { ready: false, text: "unknown" };
  return {
    preconditions: { kubelet: state("kubelet"), runtime: state("runtime"), slices: state("slices") },
    devices: inventory.devices.map(({ name, numaNode, capacityBytes }) => (
      { name, numaNode, capacityBytes, claimedBytes: store.usedBytes(name) }
    )),
    claims: [...store.claims()].map((claim) => claimStatus(claim, owners.owner(claim))),
    containers: claimedContainers(store, containers, limitsRestored),
    damaged: [...store.damaged],
    ...(counted === undefined ? {} : { nodeAllocatable: counted }),
  };
}

/**
 * The containers that hold claims. A container can hold several claims, and a claim can be held by two containers of one
 * name while it restarts.
 */
export function claimedContainers(
  store: Pick<ClaimStore, "holds">,
  containers: Containers,
  limitsRestored: StatusSources["limitsRestored"],
): ClaimedContainer[] {
  return [...containers.all()].flatMap(({ id, name, sandbox, holdings, adjustment }) => {
    const held = [...holdings].filter(([claim]) => store.holds(claim));
    if (held.length === 0) return [];
    const claims = held.map(([{ reference: { uid } }]) => uid);
    return [{
      id,
      name,
      pod: sandbox.reference,
      claims,
      shares: held.flatMap(([, shares]) => shares),
      adjustment,
      podLimitsRestored: limitsRestored(sandbox.reference.uid),
    }];
  });
}
