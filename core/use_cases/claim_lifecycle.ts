import { AllocationError, validateAllocation } from "../claims/allocation.ts";
import type { PreparedClaim } from "../claims/claim.ts";
import {
  checkClaim,
  checkContainers,
  type EligibleClaim,
  IneligibleClaimError,
} from "../claims/eligibility.ts";
import { checkFreeHugepages, HugepagesTakenError } from "../claims/free_hugepages.ts";
import { KeyedMutex } from "../claims/keyed_mutex.ts";
import type { ClaimLedger } from "../claims/ledger.ts";
import { TaskLimit } from "../claims/task_limit.ts";
import { RecordedClaims } from "../claims/recorded_claims.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import { type ClaimUid, claimUid, InvalidIdError } from "../values/ids.ts";
import { ClaimRecordError, type ClaimRecords } from "../ports/claim_records.ts";
import { type ClaimSource, ClusterUnavailableError } from "../ports/claim_source.ts";
import type {
  DraService,
  PreparedDevice,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../ports/dra_service.ts";
import type { HugepageCounts } from "../ports/hugepage_counts.ts";
import type { PodSource } from "../ports/pod_source.ts";
import type { Recorder, RefusalReason } from "../events/events.ts";
import { TopologyError } from "../ports/topology_source.ts";

/** What the lifecycle of a claim works with. */
export interface ClaimLifecyclePorts {
  readonly claims: ClaimSource;
  readonly pods: PodSource;
  readonly records: ClaimRecords;
  readonly ledger: ClaimLedger;
  readonly inventory: DeviceInventory;
  /** Undefined where the kernel is not asked whether the hugepages of a claim are still free. */
  readonly hugepages: HugepageCounts | undefined;
  readonly recorder: Recorder;
}

/**
 * How many claims are looked up in the cluster at a time. The runtime waits for this process at every container's
 * creation, two seconds at most, and must not wait for the answers to all claims of a burst.
 */
const lookupsAtOnce = 16;

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
  readonly #recorded: RecordedClaims;
  readonly #mutex = new KeyedMutex();
  readonly #lookups = new TaskLimit(lookupsAtOnce);

  constructor(ports: ClaimLifecyclePorts) {
    this.#ports = ports;
    this.#recorded = new RecordedClaims(ports.records, ports.ledger, ports.recorder);
  }

  /** Enters what is on record, once, before the first call. Throws {@link ClaimRecordError}. */
  recover(): Promise<void> {
    return this.#ports.records.exclusively(() => this.#recorded.refresh());
  }

  prepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, PrepareOutcome>> {
    return this.#each<PrepareOutcome>(claims, async (requested, uid) => {
      await this.#recorded.refresh();
      const known = this.#ports.ledger.get(uid);
      return { kind: "prepared", devices: this.#answer(known ?? await this.#prepare(requested, uid)) };
    });
  }

  unprepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, UnprepareOutcome>> {
    return this.#each<UnprepareOutcome>(claims, async (_, uid) => {
      const { records, ledger, recorder } = this.#ports;
      const known = ledger.get(uid);
      await records.exclusively(() => records.remove(uid));
      ledger.remove(uid);
      if (known !== undefined) recorder.record({ kind: "claim-unprepared", claim: known });
      return { kind: "unprepared" };
    });
  }

  async #prepare(requested: RequestedClaim, uid: ClaimUid): Promise<PreparedClaim> {
    const { records, ledger } = this.#ports;
    const claim = await this.#lookups.run(() => this.#lookUp(requested, uid));
    return await records.exclusively(async () => {
      await this.#recorded.refresh();
      return ledger.get(uid) ?? await this.#enter(claim);
    });
  }

  async #lookUp(requested: RequestedClaim, uid: ClaimUid): Promise<EligibleClaim> {
    const { claims, pods } = this.#ports;
    const { namespace, name } = requested;
    const claim = checkClaim(await claims.claim(namespace, name), requested, uid);
    checkContainers(claim, await pods.pod(namespace, claim.pod.name));
    return claim;
  }

  /** Enters an eligible claim and makes it durable, or leaves everything as it was. */
  async #enter(claim: EligibleClaim): Promise<PreparedClaim> {
    const { records, ledger, hugepages, recorder } = this.#ports;
    const prepared = this.#reserve(claim);
    if (prepared.allocations.length === 0) return prepared;
    try {
      if (hugepages !== undefined) await checkFreeHugepages(claim.reference, prepared.allocations, hugepages);
      await records.save(prepared);
    } catch (error) {
      ledger.remove(claim.reference.uid);
      throw error;
    }
    recorder.record({ kind: "claim-prepared", claim: prepared });
    return prepared;
  }

  /** Checks a claim's allocation and enters it in one go, unless all of it is other drivers'. */
  #reserve({ reference, pod, results }: EligibleClaim): PreparedClaim {
    const { ledger, inventory: { nodeName, devices } } = this.#ports;
    const usedBytes = (device: string) => ledger.usedBytes(device);
    const allocations = validateAllocation(reference, results, { nodeName, devices, usedBytes });
    const prepared = { reference, pod, allocations };
    if (allocations.length > 0) ledger.add(prepared);
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

  #failed(claim: RequestedClaim, error: unknown): { kind: "failed"; message: string } {
    const reason = reasonOf(error);
    if (reason === undefined || !(error instanceof Error)) throw error;
    this.#ports.recorder.record({ kind: "claim-refused", reason, claim, message: error.message });
    return { kind: "failed", message: error.message };
  }
}

function reasonOf(error: unknown): RefusalReason | undefined {
  if (error instanceof IneligibleClaimError) return error.problem;
  if (error instanceof AllocationError) return error.problem;
  if (error instanceof ClusterUnavailableError) return "cluster-unavailable";
  if (error instanceof ClaimRecordError) return "record-failed";
  if (error instanceof HugepagesTakenError) return "hugepages-taken";
  if (error instanceof TopologyError) return "topology-unreadable";
  if (error instanceof InvalidIdError) return "invalid-uid";
}
