import { driverName } from "../values/driver.ts";
import { sizeCapacity } from "../devices/slice_device.ts";
import { quoted } from "../values/quoted.ts";
import type { ClaimUid } from "../values/ids.ts";
import { isAllocatedAs } from "./allocation.ts";
import type {
  AllocationResult,
  ClaimReference,
  PodReference,
  PreparedClaim,
  ResourceClaim,
} from "./claim.ts";
import type { OpaqueConfig } from "./configuration/memory_config.ts";
import { containersUsing, type ContainerUsage, type PodUsage } from "./pod_usage.ts";

/** What a device's capacity is called, with and without the driver's domain. */
const sizeNames: readonly string[] = [sizeCapacity, `${driverName}/${sizeCapacity}`];

/** Why a claim cannot be prepared as it stands. The names stand in metrics, so they are few and fixed. */
export type EligibilityProblem =
  | "claim-gone"
  | "not-allocated"
  | "not-reserved"
  | "invalid-config"
  | "config-unsupported"
  | "foreign-capacity"
  | "invalid-name"
  | "pod-gone"
  | "several-containers"
  | "still-in-use";

/** A claim that cannot be prepared, whatever its devices. */
export class IneligibleClaimError extends Error {
  override name = "IneligibleClaimError";
  constructor(readonly problem: EligibilityProblem, claim: Omit<ClaimReference, "uid">, why: string) {
    super(`Cannot prepare claim ${claim.namespace}/${claim.name}: ${why}`);
  }
}

/** A claim that may be prepared: for whom, and what the scheduler gave it. */
export interface EligibleClaim {
  readonly reference: ClaimReference;
  readonly pod: PodReference;
  readonly results: readonly AllocationResult[];
  readonly configs: readonly OpaqueConfig[];
  readonly podClaimName?: string;
}

/**
 * Checks that the claim of a name is still the one of the uid, is allocated, and is reserved for exactly one pod.
 * Throws {@link IneligibleClaimError}.
 */
export function checkClaim(
  claim: ResourceClaim | undefined,
  asked: Omit<ClaimReference, "uid">,
  uid: ClaimUid,
): EligibleClaim {
  const refuse = (problem: EligibilityProblem, why: string): never => {
    throw new IneligibleClaimError(problem, asked, why);
  };
  if (claim === undefined || claim.reference.uid !== uid) {
    return refuse("claim-gone", `there is no such claim with the uid ${uid} any more`);
  }
  const { reference, podClaimName, allocation, reservedFor: [pod, ...others] } = claim;
  if (allocation === undefined) return refuse("not-allocated", "it is not allocated");
  // They become parts of a path.
  for (const name of [reference.name, podClaimName ?? reference.name]) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name) || name.includes("..")) {
      refuse("invalid-name", `${JSON.stringify(name)} is no name of a claim`);
    }
  }
  for (const { driver, request } of allocation.results) {
    const foreign = claim.wantedCapacities?.get(request)?.find((name) => !sizeNames.includes(name));
    if (driver === driverName && foreign !== undefined) {
      refuse(
        "foreign-capacity",
        `its request ${request} asks for the capacity ${
          quoted(foreign)
        }, which no device of ${driverName} has: ` +
          "write size, as in capacity: { requests: { size: 64Mi } }",
      );
    }
  }
  if (pod === undefined) return refuse("not-reserved", "it is not reserved for a pod");
  if (others.length > 0) {
    refuse(
      "not-reserved",
      `it is reserved for ${others.length + 1} pods, but can serve one: give each its own claim`,
    );
  }
  return { reference, pod, ...allocation, ...(podClaimName === undefined ? {} : { podClaimName }) };
}

/** The pod of a claim, and the container of it that uses the claim, if one does. */
export interface ClaimUser {
  readonly pod: PodUsage;
  readonly container: ContainerUsage | undefined;
}

/**
 * Checks that at most one container of the pod, init containers included, uses the claim: a claim belongs to one
 * container. Throws {@link IneligibleClaimError} that names the containers.
 */
export function checkContainers({ reference, pod }: EligibleClaim, usage: PodUsage | undefined): ClaimUser {
  if (usage === undefined || usage.uid !== pod.uid) {
    throw new IneligibleClaimError(
      "pod-gone",
      reference,
      `its pod ${pod.name} with the uid ${pod.uid} is gone`,
    );
  }
  const [first, ...others] = containersUsing(usage, reference.name);
  if (others.length === 0) return { pod: usage, container: first };
  throw new IneligibleClaimError(
    "several-containers",
    reference,
    `the containers ${
      containersUsing(usage, reference.name).map(({ name }) => name).join(" and ")
    } of pod ${pod.name} use it, but a claim belongs to one ` +
      `container: give each a claim of its own`,
  );
}

/**
 * Whether what was prepared of a claim is what the cluster still has: allocated likewise, and reserved for the same pod.
 * Named claims can be allocated again, and given to another pod, without having been unprepared: after a forced
 * deletion, or when the kubelet lost its state.
 */
export function isStillAllocated(prepared: PreparedClaim, claim: ResourceClaim | undefined): boolean {
  return claim !== undefined && claim.reference.uid === prepared.reference.uid &&
    claim.allocation !== undefined && isAllocatedAs(prepared.allocations, claim.allocation.results) &&
    claim.reservedFor.some(({ uid }) => uid === prepared.pod.uid);
}

/** Whether the cluster has allocated a claim otherwise than it was prepared, or for another pod. */
export function isAllocatedAnew(prepared: PreparedClaim, claim: ResourceClaim | undefined): boolean {
  return claim?.allocation !== undefined && claim.reference.uid === prepared.reference.uid &&
    claim.reservedFor.length > 0 && !isStillAllocated(prepared, claim);
}

/** That a claim cannot be prepared anew yet. */
export function stillInUse({ reference, pod }: PreparedClaim): IneligibleClaimError {
  return new IneligibleClaimError(
    "still-in-use",
    reference,
    `it was allocated anew, and a container of pod ${pod.name} still uses what was prepared before: it is prepared ` +
      `once that container is gone`,
  );
}
