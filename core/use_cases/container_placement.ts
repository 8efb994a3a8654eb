import { decodeEnvironment, EnvironmentError, isClaimVariable, type Share } from "../claims/environment.ts";
import type { BindOutcome, ClaimLedger } from "../claims/ledger.ts";
import type { Placements } from "../claims/placements.ts";
import { LateLimits } from "../claims/late_limits.ts";
import { PodLimits } from "../claims/pod_limits.ts";
import { RecordedClaims } from "../claims/recorded_claims.ts";
import { cpusetMems, hugetlbBytes } from "../claims/shares.ts";
import type { ClaimUid, ContainerId, PodUid } from "../values/ids.ts";
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
import type { Recorder, RefusalReason } from "../events/events.ts";

/** What placing containers works with. */
export interface ContainerPlacementPorts {
  readonly ledger: ClaimLedger;
  readonly records: ClaimRecords;
  /** Undefined where pod cgroups are left alone. */
  readonly podCgroups: PodCgroups | undefined;
  /** Where it is noted what each container was given. */
  readonly placements: Placements;
  readonly recorder: Recorder;
}

/** How many pods' cgroups are looked at side by side. */
const podsAtOnce = 16;

/** What became of the look at a container's claims. */
type Binding =
  & { /** The claims that it shows. */ readonly claims: readonly ClaimUid[] }
  & (
    | Extract<BindOutcome, { kind: "bound" }>
    | { readonly kind: "refused"; readonly reason: RefusalReason; readonly why: string }
  );

/**
 * Gives each container what its claims promise: the NUMA nodes, and a hugetlb limit for each claimed page size.
 *
 * The environment only points at claims; what counts is the ledger. A new container is bound to its claims first and
 * loses those that are new to it when its pod's cgroup cannot be raised.
 */
export class ContainerPlacement implements ContainerService {
  readonly #ports: ContainerPlacementPorts;
  readonly #recorded: RecordedClaims;
  readonly #podLimits: PodLimits | undefined;
  readonly #lateLimits: LateLimits | undefined;

  constructor(ports: ContainerPlacementPorts) {
    this.#ports = ports;
    this.#recorded = new RecordedClaims(ports.records, ports.ledger, ports.recorder);
    this.#podLimits = ports.podCgroups && new PodLimits(ports.podCgroups);
    this.#lateLimits = ports.podCgroups && new LateLimits(ports.podCgroups);
  }

  place(sandbox: Sandbox, container: Container): PlacementOutcome | Promise<PlacementOutcome> {
    if (!container.environment.some(isClaimVariable)) return { kind: "unclaimed" };
    return this.#placeClaimed(sandbox, container);
  }

  update(sandbox: Sandbox, container: Container): PlacementOutcome | Promise<PlacementOutcome> {
    if (!container.environment.some(isClaimVariable)) return { kind: "unclaimed" };
    return this.#updateClaimed(sandbox, container);
  }

  async synchronize(containers: readonly ExistingContainer[]): Promise<ReadonlyMap<ContainerId, Placement>> {
    const { ledger, placements, recorder } = this.#ports;
    const existing = new Set(containers.map(({ id }) => id));
    ledger.containersExist(existing);
    placements.containersExist(existing);
    this.#lateLimits?.containersExist(existing);
    const updates = new Map<ContainerId, Placement>();
    const pods = new Map<PodUid, { sandbox: Sandbox; foundApplied: Share[] }>();
    for (const container of containers.filter(({ environment }) => environment.some(isClaimVariable))) {
      const { sandbox } = container;
      const binding = await this.#bind(sandbox, container);
      if (binding.kind === "refused") {
        this.#refuse("take over", sandbox, container, binding);
        continue;
      }
      const { uid } = sandbox.reference;
      const pod = pods.get(uid) ?? { sandbox, foundApplied: [] };
      pods.set(uid, pod);
      const placement = placementOf(binding.shares, container);
      placements.set(container.id, placement);
      if (isApplied(placement, container)) pod.foundApplied.push(...binding.shares);
      else {
        updates.set(container.id, placement);
        this.#lateLimits?.add(container.id, sandbox.cgroupParent, placement.hugetlbBytes);
      }
    }
    await this.#adoptLimits([...pods.values()]);
    recorder.record({ kind: "containers-synchronized", seen: containers.length, updated: updates.size });
    return updates;
  }

  async removed(sandbox: Sandbox, { id }: Pick<Container, "id" | "name">): Promise<void> {
    const { ledger, placements } = this.#ports;
    const { uid } = sandbox.reference;
    placements.remove(id);
    this.#lateLimits?.remove(id);
    if (!ledger.holdsAny(uid)) return;
    ledger.containerRemoved(uid, id);
    await this.#tryLimits(sandbox);
  }

  /**
   * Writes what the runtime cannot: hugetlb limits of containers that may have started without the driver, see
   * {@link LateLimits}. To be called again and again. Throws `PodCgroupError`.
   */
  async writeLateLimits(): Promise<void> {
    await this.#lateLimits?.write();
  }

  sandboxRemoved({ reference: { uid } }: Sandbox): void {
    this.#podLimits?.forget(uid);
  }

  async #placeClaimed(sandbox: Sandbox, container: Container): Promise<PlacementOutcome> {
    const { ledger, placements, recorder } = this.#ports;
    const pod = sandbox.reference;
    const binding = await this.#bind(sandbox, container);
    if (binding.kind === "refused") return this.#refuse("start", sandbox, container, binding);
    try {
      await this.#applyLimits(sandbox);
    } catch (error) {
      if (binding.isNew) ledger.containerRemoved(pod.uid, container.id);
      ledger.unbind(binding.newlyBound);
      if (error instanceof PodCgroupError) {
        return this.#refuse("start", sandbox, container, {
          ...binding,
          reason: "cgroup-failed",
          why: error.message,
        });
      }
      throw error;
    }
    const placement = placementOf(binding.shares, container);
    placements.set(container.id, placement);
    const { claims } = binding;
    recorder.record({
      kind: "container-placed",
      pod,
      container: container.name,
      claims,
      mems: placement.mems,
    });
    return { kind: "placed", placement };
  }

  /** Whether the container had started without the driver is not known any more after a restart of either. */
  async #updateClaimed(sandbox: Sandbox, container: Container): Promise<PlacementOutcome> {
    const outcome = await this.#placeClaimed(sandbox, container);
    if (outcome.kind === "placed") {
      this.#lateLimits?.add(container.id, sandbox.cgroupParent, outcome.placement.hugetlbBytes);
    }
    return outcome;
  }

  async #bind({ reference: pod }: Sandbox, { id, name, environment }: Container): Promise<Binding> {
    const { ledger } = this.#ports;
    let claims: readonly ClaimUid[] = [];
    const refused = (reason: RefusalReason, why: string): Binding => ({
      kind: "refused",
      claims,
      reason,
      why,
    });
    try {
      const shown = decodeEnvironment(environment);
      claims = [...new Set(shown.map(({ claim }) => claim))];
      // Another instance of the driver may have prepared it a moment ago.
      if (claims.some((claim) => ledger.get(claim) === undefined)) await this.#recorded.refresh();
      const outcome = ledger.bind({ pod: pod.uid, name, id }, shown);
      return outcome.kind === "bound" ? { ...outcome, claims } : refused(outcome.problem, outcome.message);
    } catch (error) {
      if (error instanceof EnvironmentError) return refused("malformed-environment", error.message);
      if (error instanceof ClaimRecordError) return refused("record-failed", error.message);
      throw error;
    }
  }

  #applyLimits(
    { reference: { uid }, cgroupParent }: Sandbox,
    foundApplied: readonly Share[] = [],
  ): Promise<void> {
    const held = this.#ports.ledger.heldIn(uid);
    return this.#podLimits?.apply({ pod: uid, cgroupParent, held, foundApplied }) ?? Promise.resolve();
  }

  /** A runtime waits two seconds for all of a node's pods: some at a time, so that files do not run out. */
  async #adoptLimits(pods: readonly { sandbox: Sandbox; foundApplied: readonly Share[] }[]): Promise<void> {
    for (let start = 0; start < pods.length; start += podsAtOnce) {
      const some = pods.slice(start, start + podsAtOnce);
      await Promise.all(some.map(({ sandbox, foundApplied }) => this.#tryLimits(sandbox, foundApplied)));
    }
  }

  /** Containers that run already are not stopped because of their pod's cgroup, which may be gone with the pod. */
  async #tryLimits(sandbox: Sandbox, foundApplied?: readonly Share[]): Promise<void> {
    try {
      await this.#applyLimits(sandbox, foundApplied);
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      this.#ports.recorder.record({
        kind: "pod-limits-left",
        pod: sandbox.reference,
        message: error.message,
      });
    }
  }

  #refuse(
    action: "start" | "take over",
    { reference: pod }: Sandbox,
    { name: container }: Container,
    { claims, reason, why }: Pick<Extract<Binding, { kind: "refused" }>, "claims" | "reason" | "why">,
  ): PlacementOutcome {
    const message = `Cannot ${action} container ${container} of pod ${pod.namespace}/${pod.name}: ${why}`;
    this.#ports.recorder.record({ kind: "container-refused", pod, container, claims, reason, message });
    return { kind: "refused", message };
  }
}

/**
 * What a container with these shares gets. A limit that is higher already stays: the kubelet may have added the
 * claims itself (KEP-5517), or the container asks for hugepages the ordinary way as well.
 */
function placementOf(shares: readonly Share[], { applied }: Container): Placement {
  const limits = [...hugetlbBytes(shares)].map(([size, bytes]) => {
    const present = applied.hugetlbBytes.get(size) ?? 0n;
    return [size, present > bytes ? present : bytes] as const;
  });
  return { mems: cpusetMems(shares), hugetlbBytes: new Map(limits) };
}

function isApplied(wanted: Placement, { applied }: Container): boolean {
  return wanted.mems === applied.mems &&
    [...wanted.hugetlbBytes].every(([size, bytes]) => applied.hugetlbBytes.get(size) === bytes);
}
