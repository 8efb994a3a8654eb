import { decodeEnvironment, EnvironmentError, isClaimVariable } from "../claims/environment.ts";
import type { ClaimLedger } from "../claims/ledger.ts";
import { RecordedClaims } from "../claims/recorded_claims.ts";
import { cpusetMems, hugetlbBytes } from "../claims/shares.ts";
import type { ContainerId } from "../ids.ts";
import { ClaimRecordError, type ClaimRecords } from "../ports/claim_records.ts";
import type {
  Container,
  ContainerService,
  ExistingContainer,
  Placement,
  PlacementOutcome,
  Sandbox,
} from "../ports/container_service.ts";
import { PodCgroupError, type PodCgroups } from "../ports/pod_cgroup.ts";
import type { Recorder, RefusalReason } from "../ports/recorder.ts";

/** What placing containers works with. */
export interface ContainerPlacementPorts {
  readonly ledger: ClaimLedger;
  readonly records: ClaimRecords;
  /** Undefined where pod cgroups are left alone. */
  readonly podCgroups: PodCgroups | undefined;
  readonly recorder: Recorder;
}

/**
 * Gives each container what its claims promise: the NUMA nodes, and a hugetlb limit for each claimed page size.
 *
 * The environment only points at claims; what counts is the ledger. A container is bound to its claims first and
 * loses those that are new to it when its pod's cgroup cannot be raised.
 */
export class ContainerPlacement implements ContainerService {
  readonly #ports: ContainerPlacementPorts;
  readonly #recorded: RecordedClaims;

  constructor(ports: ContainerPlacementPorts) {
    this.#ports = ports;
    this.#recorded = new RecordedClaims(ports.records, ports.ledger, ports.recorder);
  }

  place(sandbox: Sandbox, container: Container): PlacementOutcome | Promise<PlacementOutcome> {
    if (!container.environment.some(isClaimVariable)) return { kind: "unclaimed" };
    return this.#placeClaimed(sandbox, container);
  }

  async synchronize(containers: readonly ExistingContainer[]): Promise<ReadonlyMap<ContainerId, Placement>> {
    const updates = new Map<ContainerId, Placement>();
    for (const container of containers) {
      const outcome = await this.place(container.sandbox, container);
      if (outcome.kind === "placed" && !isApplied(outcome.placement, container.applied)) {
        updates.set(container.id, outcome.placement);
      }
    }
    this.#ports.recorder.record({
      kind: "containers-synchronized",
      seen: containers.length,
      updated: updates.size,
    });
    return updates;
  }

  async #placeClaimed(
    { reference: pod, cgroupParent }: Sandbox,
    container: Container,
  ): Promise<PlacementOutcome> {
    const { ledger, podCgroups, recorder } = this.#ports;
    const refuse = (reason: RefusalReason, why: string): PlacementOutcome => {
      const message = `Cannot start container ${container.name} of pod ${pod.namespace}/${pod.name}: ${why}`;
      recorder.record({ kind: "container-refused", pod, container: container.name, reason, message });
      return { kind: "refused", message };
    };
    try {
      const shown = decodeEnvironment(container.environment);
      // Another instance of the driver may have prepared it a moment ago.
      if (shown.some(({ claim }) => ledger.get(claim) === undefined)) await this.#recorded.refresh();
      const outcome = ledger.bind({ pod: pod.uid, name: container.name }, shown);
      if (outcome.kind === "refused") return refuse(outcome.problem, outcome.message);
      try {
        await podCgroups?.allowHugetlb(cgroupParent, hugetlbBytes(ledger.heldIn(pod.uid)));
      } catch (error) {
        ledger.unbind(outcome.newlyBound);
        throw error;
      }
      const mems = cpusetMems(outcome.shares);
      recorder.record({ kind: "container-placed", pod, container: container.name, mems });
      return { kind: "placed", placement: { mems, hugetlbBytes: hugetlbBytes(outcome.shares) } };
    } catch (error) {
      if (error instanceof EnvironmentError) return refuse("malformed-environment", error.message);
      if (error instanceof PodCgroupError) return refuse("cgroup-failed", error.message);
      if (error instanceof ClaimRecordError) return refuse("record-failed", error.message);
      throw error;
    }
  }
}

function isApplied(wanted: Placement, applied: Placement): boolean {
  return wanted.mems === applied.mems &&
    [...wanted.hugetlbBytes].every(([size, bytes]) => applied.hugetlbBytes.get(size) === bytes);
}
