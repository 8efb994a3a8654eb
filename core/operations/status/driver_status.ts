import type { PodReference, PreparedClaim } from "../../claims/claim.ts";
import type { Share } from "../../claims/environment.ts";
import type { ClaimLedger } from "../../claims/ledger.ts";
import type { Placements } from "../../claims/placements.ts";
import { cpusetMems, hugetlbBytes } from "../../claims/shares.ts";
import type { DeviceInventory } from "../../devices/inventory.ts";
import type { ClaimUid, ContainerId, NumaNodeId } from "../../values/ids.ts";
import type { Placement } from "../../ports/container_service.ts";
import type { Precondition, PreconditionState, Readiness } from "../../events/readiness.ts";

/** A claim, and the container that it is bound to, by its name in the pod's spec. */
export interface ClaimStatus extends PreparedClaim {
  readonly container: string | undefined;
}

/** A container that exists and holds claims, with what it was promised. */
export interface ClaimedContainer {
  readonly id: ContainerId;
  readonly name: string;
  readonly pod: PodReference;
  readonly claims: readonly ClaimUid[];
  readonly shares: readonly Share[];
  readonly placement: Placement;
}

/** A device, in bytes. */
export interface DeviceStatus {
  readonly name: string;
  readonly numaNode: NumaNodeId;
  readonly capacityBytes: bigint;
  readonly claimedBytes: bigint;
}

/** What a driver knows at one moment. */
export interface DriverStatus {
  readonly preconditions: Readonly<Record<Precondition, PreconditionState>>;
  readonly devices: readonly DeviceStatus[];
  readonly claims: readonly ClaimStatus[];
  readonly containers: readonly ClaimedContainer[];
}

/** Where a driver's status comes from. */
export interface StatusSources {
  readonly readiness: Readiness;
  readonly inventory: DeviceInventory;
  readonly ledger: ClaimLedger;
  readonly placements: Placements;
}

/** Puts together what a driver knows. */
export function driverStatus({ readiness, inventory, ledger, placements }: StatusSources): DriverStatus {
  const state = (part: Precondition) => readiness.states.get(part) ?? { ready: false, text: "unknown" };
  const claims = [...ledger.claims()];
  return {
    preconditions: { kubelet: state("kubelet"), runtime: state("runtime"), slices: state("slices") },
    devices: inventory.devices.map(({ name, numaNode, capacityBytes }) => (
      { name, numaNode, capacityBytes, claimedBytes: ledger.usedBytes(name) }
    )),
    claims: claims.map((claim) => ({ ...claim, container: ledger.holder(claim.reference.uid) })),
    containers: claimedContainers(claims, ledger, placements),
  };
}

/** A container can hold several claims, and a claim can be held by two containers of one name while it restarts. */
function claimedContainers(
  claims: readonly PreparedClaim[],
  ledger: ClaimLedger,
  placements: Placements,
): ClaimedContainer[] {
  const held = claims.flatMap(({ reference: { uid }, pod }) => {
    const holding = ledger.holding(uid);
    return [...holding?.ids ?? []].map((id) => ({ id, uid, pod, holding }));
  });
  return [...Map.groupBy(held, ({ id }) => id)].flatMap(([id, parts]) => {
    const [first] = parts;
    if (first?.holding === undefined) return [];
    const shares = parts.flatMap(({ holding }) => holding?.shares ?? []);
    return [{
      id,
      name: first.holding.container,
      pod: first.pod,
      claims: parts.map(({ uid }) => uid),
      shares,
      placement: placements.get(id) ?? { mems: cpusetMems(shares), hugetlbBytes: hugetlbBytes(shares) },
    }];
  });
}
