import { AllocationError, validateAllocation } from "../claims/allocation.ts";
import type { PreparedClaim, ResourceClaim } from "../claims/claim.ts";
import { KeyedMutex } from "../claims/keyed_mutex.ts";
import type { ClaimLedger } from "../claims/ledger.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import { driverName } from "../driver.ts";
import { type ClaimUid, claimUid, InvalidIdError } from "../ids.ts";
import { ClaimRecordError, type ClaimRecords } from "../ports/claim_records.ts";
import { type ClaimSource, ClusterUnavailableError } from "../ports/claim_source.ts";
import type {
  DraService,
  PreparedDevice,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../ports/dra_service.ts";
import type { Recorder, RefusalReason } from "../ports/recorder.ts";

/** What the lifecycle of a claim works with. */
export interface ClaimLifecyclePorts {
  readonly claims: ClaimSource;
  readonly records: ClaimRecords;
  readonly ledger: ClaimLedger;
  readonly inventory: DeviceInventory;
  readonly recorder: Recorder;
}

/** A claim that is not prepared, with a reason for people and one for metrics. */
class Refusal extends Error {
  override name = "Refusal";
  constructor(readonly reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * The life of a claim on this node:
 *
 *   recovered at start ─┐
 *   prepared: fetched from the cluster, checked, entered in the ledger, made durable, answered
 *     └─ bound to a container when that is created (see `ContainerPlacement`)
 *   unprepared: the record removed, then the ledger's entry
 *
 * Calls for one claim run one after the other, calls for different claims side by side. Check and entry happen
 * without a pause in between, so that two claims cannot be given the same bytes.
 */
export class ClaimLifecycle implements DraService {
  readonly #ports: ClaimLifecyclePorts;
  readonly #mutex = new KeyedMutex();

  constructor(ports: ClaimLifecyclePorts) {
    this.#ports = ports;
  }

  /** Enters what is on record, once, before the first call. */
  async recover(): Promise<void> {
    const { records, ledger, recorder } = this.#ports;
    const { claims, damaged } = await records.load();
    for (const claim of claims) ledger.add(claim);
    for (const message of damaged) recorder.record({ kind: "record-damaged", message });
    recorder.record({ kind: "claims-recovered", count: claims.length });
  }

  prepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, PrepareOutcome>> {
    return this.#each<PrepareOutcome>(claims, async (requested, uid) => {
      const known = this.#ports.ledger.get(uid);
      return { kind: "prepared", devices: this.#answer(known ?? await this.#prepare(requested, uid)) };
    });
  }

  unprepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, UnprepareOutcome>> {
    return this.#each<UnprepareOutcome>(claims, async ({ namespace, name }, uid) => {
      const { records, ledger, recorder } = this.#ports;
      await records.remove(uid);
      ledger.remove(uid);
      recorder.record({ kind: "claim-unprepared", claim: { namespace, name, uid } });
      return { kind: "unprepared" };
    });
  }

  async #prepare(requested: RequestedClaim, uid: ClaimUid): Promise<PreparedClaim> {
    const { claims, records, ledger, inventory, recorder } = this.#ports;
    const claim = await claims.claim(requested.namespace, requested.name);
    const prepared = check(claim, requested, uid, (found, results) => {
      const { nodeName, devices } = inventory;
      const usedBytes = (device: string) => ledger.usedBytes(device);
      return validateAllocation(found.reference, results, { nodeName, devices, usedBytes });
    });
    if (prepared.allocations.length === 0) return prepared;
    ledger.add(prepared);
    try {
      await records.save(prepared);
    } catch (error) {
      ledger.remove(uid);
      throw error;
    }
    recorder.record({ kind: "claim-prepared", claim: prepared });
    return prepared;
  }

  #answer(claim: PreparedClaim): PreparedDevice[] {
    return claim.allocations.map(({ request, pool, device, shareId }) => ({
      requestNames: [request],
      pool,
      device,
      cdiDeviceIds: [this.#ports.records.deviceId(claim, request)],
      ...(shareId === undefined ? {} : { shareId }),
    }));
  }

  /** Runs a step for every claim, each under its own lock, and makes expected errors the claim's outcome. */
  async #each<Outcome extends PrepareOutcome | UnprepareOutcome>(
    claims: readonly RequestedClaim[],
    step: (requested: RequestedClaim, uid: ClaimUid) => Promise<Outcome>,
  ): Promise<Map<string, Outcome | { kind: "failed"; message: string }>> {
    const outcomes = claims.map(async (requested) => {
      const outcome = await this.#mutex.run(requested.uid, () => step(requested, claimUid(requested.uid)))
        .catch((error: unknown) => this.#failed(requested, error));
      return [requested.uid, outcome] as const;
    });
    return new Map(await Promise.all(outcomes));
  }

  #failed({ uid }: RequestedClaim, error: unknown): { kind: "failed"; message: string } {
    const reason = reasonOf(error);
    if (reason === undefined || !(error instanceof Error)) throw error;
    this.#ports.recorder.record({ kind: "claim-refused", reason, uid, message: error.message });
    return { kind: "failed", message: error.message };
  }
}

function reasonOf(error: unknown): RefusalReason | undefined {
  if (error instanceof Refusal) return error.reason;
  if (error instanceof AllocationError) return error.problem;
  if (error instanceof ClusterUnavailableError) return "cluster-unavailable";
  if (error instanceof ClaimRecordError) return "record-failed";
  if (error instanceof InvalidIdError) return "invalid-uid";
}

/** Checks that a fetched claim is the one that was asked for and may be prepared, for one pod. */
function check(
  claim: ResourceClaim | undefined,
  { namespace, name }: RequestedClaim,
  uid: ClaimUid,
  validate: (claim: ResourceClaim, results: Results) => PreparedClaim["allocations"],
): PreparedClaim {
  const refuse = (reason: RefusalReason, why: string): never => {
    throw new Refusal(reason, `Cannot prepare claim ${namespace}/${name}: ${why}`);
  };
  if (claim === undefined || claim.reference.uid !== uid) {
    return refuse("claim-gone", `there is no such claim with the uid ${uid} any more`);
  }
  if (claim.allocation === undefined) return refuse("not-allocated", "it is not allocated");
  if (claim.allocation.configs.some(({ driver }) => driver === driverName)) {
    refuse("unknown-config", `it carries configuration for ${driverName}, which takes none: remove it`);
  }
  const [pod, ...others] = claim.reservedFor;
  if (pod === undefined) return refuse("not-reserved", "it is not reserved for a pod");
  if (others.length > 0) {
    refuse(
      "not-reserved",
      `it is reserved for ${others.length + 1} pods, but can serve one: give each its own claim`,
    );
  }
  return { reference: claim.reference, pod, allocations: validate(claim, claim.allocation.results) };
}

type Results = NonNullable<ResourceClaim["allocation"]>["results"];
