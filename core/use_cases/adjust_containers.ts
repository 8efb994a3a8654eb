import { type Binding, ClaimBinding, type ClaimBindingSources } from "../claims/claim_binding.ts";
import type { Holdings } from "../claims/claim_owners.ts";
import type { ClaimStore } from "../claims/claim_store.ts";
import { adjustmentOf, isApplied } from "../claims/container_adjustment.ts";
import { type Containers, uncountedShares } from "../claims/containers.ts";
import { type Share, showsClaims } from "../claims/environment.ts";
import type { MemoryLimit } from "../claims/memory_limits.ts";
import { PodLimits } from "../claims/pod_limits.ts";
import { PodMemory } from "../claims/pod_memory.ts";
import { RaisedLimits } from "../claims/raised_limits.ts";
import type { MachineNodes } from "../claims/shares.ts";
import type { Events } from "../events/events.ts";
import type {
  Adjustment,
  AdjustmentOutcome,
  Container,
  ContainerService,
  ExistingContainer,
  Sandbox,
} from "../ports/container_service.ts";
import type { LimitBases } from "../ports/limit_bases.ts";
import type { MemoryCgroups } from "../ports/memory_cgroups.ts";
import type { PodBases } from "../ports/pod_bases.ts";
import { PodCgroupError, type PodCgroups } from "../ports/pod_cgroup.ts";
import type { ContainerId, PodUid } from "../values/ids.ts";

/** What adjusting containers works with. */
export interface AdjustContainersPorts extends ClaimBindingSources {
  readonly store: Pick<ClaimStore, "get" | "sync" | "holds">;
  readonly containers: Containers;
  /** Tells which nodes need another one beside them; without it none does. */
  readonly inventory?: MachineNodes;
  /** Undefined where pod cgroups are left alone. */
  readonly podCgroups: PodCgroups | undefined;
  readonly podBases: PodBases;
  /** The cgroups whose memory limits follow, and what they were before; undefined where they are left alone. */
  readonly memory?: { readonly cgroups: MemoryCgroups; readonly bases: LimitBases };
  readonly events: Events;
}

/** How many pods' cgroups are looked at side by side. */
const podsAtOnce = 16;

/** Whether a container may have started before the driver could give it its hugetlb limits. */
type Started = "with the driver" | "perhaps without the driver";

/**
 * Gives each container what its claims promise: the NUMA nodes, and a hugetlb limit for each claimed page size.
 *
 * The environment only points at claims; what counts is the store. A new container is bound to its claims first and
 * loses those that are new to it when its pod's cgroup cannot be raised.
 */
export class AdjustContainers implements ContainerService {
  readonly #ports: AdjustContainersPorts;
  readonly #binding: ClaimBinding;
  readonly #podLimits: PodLimits | undefined;
  readonly #podMemory: PodMemory | undefined;
  readonly #raised: RaisedLimits | undefined;
  /** How often the limits of a pod were put right after somebody changed them. */
  readonly #restored = new Map<PodUid, number>();
  /** The pods of which it was told that their limits cannot be put right. */
  readonly #failing = new Set<PodUid>();

  constructor(ports: AdjustContainersPorts) {
    this.#ports = ports;
    this.#binding = new ClaimBinding(ports);
    this.#podLimits = ports.podCgroups && new PodLimits(ports.podCgroups, ports.podBases);
    const { memory, store, containers } = ports, raised = memory && new RaisedLimits(memory.bases);
    this.#raised = raised;
    this.#podMemory = memory && raised &&
      new PodMemory({ cgroups: memory.cgroups, raised, claims: store, containers });
  }

  adjust(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome> {
    if (!showsClaims(container.environment)) return this.unclaimed();
    return this.#adjustClaimed(sandbox, container, "with the driver");
  }

  unclaimed(): AdjustmentOutcome {
    return { kind: "unclaimed" };
  }

  /** Whether the container had started without the driver is not known any more after a restart of either. */
  update(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome> {
    if (!showsClaims(container.environment)) return this.unclaimed();
    return this.#adjustClaimed(sandbox, container, "perhaps without the driver");
  }

  /** What a stopped container shows stays its name's: no other container of the pod can show itself first. */
  async synchronize(listed: readonly ExistingContainer[]): Promise<ReadonlyMap<ContainerId, Adjustment>> {
    const { containers, events } = this.#ports;
    const existing = listed.filter(({ isStopped }) => !isStopped);
    const stopped = listed.filter(({ isStopped, environment }) => isStopped && showsClaims(environment));
    for (const container of stopped) await this.#binding.bind(container.sandbox, container);
    containers.keepOnly(new Set(existing.map(({ id }) => id)));
    await this.#raised?.load();
    await this.#raised?.forget(goneKeys(this.#raised.keys(), existing));
    // A pod between two init containers has none that runs.
    await this.#podLimits?.adopt(new Set(listed.map(({ sandbox }) => sandbox.reference.uid)));
    const updates = new Map<ContainerId, Adjustment>();
    const pods = new Map<PodUid, { sandbox: Sandbox; foundApplied: Share[] }>();
    for (const container of existing.filter(({ environment }) => showsClaims(environment))) {
      const { sandbox } = container;
      const binding = await this.#binding.bind(sandbox, container);
      if (binding.kind === "refused") {
        this.#refuse("adopt", sandbox, container, binding);
        continue;
      }
      const { uid } = sandbox.reference;
      const pod = pods.get(uid) ?? { sandbox, foundApplied: [] };
      pods.set(uid, pod);
      const adjustment = this.#adjustmentOf(container, binding.holdings);
      if (isApplied(adjustment, container)) {
        this.#add(sandbox, container, binding.holdings, adjustment, "with the driver");
        pod.foundApplied.push(...uncountedShares(binding.holdings));
      } else {
        this.#add(sandbox, container, binding.holdings, adjustment, "perhaps without the driver");
        updates.set(container.id, adjustment);
      }
      await this.#keepOwnMax(container, adjustment);
    }
    await this.#adoptLimits([...pods.values()]);
    await this.#tryMemory();
    events.emit({ kind: "containers-synchronized", seen: existing.length, updated: updates.size });
    return updates;
  }

  async removed(sandbox: Sandbox, { id }: Pick<Container, "id" | "name">): Promise<void> {
    const removed = this.#ports.containers.remove(id);
    if (removed === undefined) return;
    await this.#tryLimits(sandbox);
    if (removed.adjustment.memory === undefined) return;
    await this.#raised?.forget([keyOf(id)]);
    await this.#tryMemory();
  }

  /**
   * Looks after limits that nobody asks about: those of pods that hold claims, since the kubelet of 1.33 to 1.37 writes 0
   * to them whenever it resizes a pod in place (its cgroup manager sets every hugepage size that it was not told of), and
   * those of containers that the runtime cannot write. To be called again and again. Throws the first `PodCgroupError`,
   * after trying the rest.
   */
  async tendLimits(): Promise<void> {
    const sandboxes = new Map(
      [...this.#ports.containers.all()].map(({ sandbox }) => [sandbox.reference.uid, sandbox]),
    );
    for (const pod of this.#failing) if (!sandboxes.has(pod)) this.#failing.delete(pod);
    const changed = await this.#tryMemory();
    for (const sandbox of sandboxes.values()) {
      await this.#restoreLimits(sandbox, changed?.has(sandbox.reference.uid));
    }
    await this.#writePendingLimits();
  }

  /** How often the limits of a pod were put right after somebody changed them. */
  limitsRestored(pod: PodUid): number {
    return this.#restored.get(pod) ?? 0;
  }

  /** A pod that is over has no cgroup any more, while its containers can still be there to be looked at. */
  async #restoreLimits(sandbox: Sandbox, wasRestored = false): Promise<void> {
    const { events } = this.#ports, pod = sandbox.reference;
    try {
      const changed = await this.#applyLimits(sandbox);
      this.#failing.delete(pod.uid);
      // Without claims the driver itself took its share away.
      if (wasRestored || (changed && this.#ports.containers.holdsIn(pod.uid))) this.#tellRestored(pod);
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      if (error.isMissing || this.#failing.has(pod.uid)) return;
      this.#failing.add(pod.uid);
      events.emit({ kind: "pod-limits-left", pod, message: error.message });
    }
  }

  #tellRestored(pod: Sandbox["reference"]): void {
    this.#restored.set(pod.uid, this.limitsRestored(pod.uid) + 1);
    this.#ports.events.emit({ kind: "pod-limits-restored", pod });
  }

  async #writePendingLimits(): Promise<void> {
    const { podCgroups, containers } = this.#ports;
    if (podCgroups === undefined) return;
    const failures: unknown[] = [];
    for (const { id, sandbox: { cgroupParent }, adjustment } of pending(containers)) {
      for (const [pageSize, bytes] of adjustment.hugetlbBytes) {
        const limits = { usage: bytes, reservation: bytes };
        await podCgroups.writeContainerHugetlb(cgroupParent, id, pageSize, limits)
          .catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  sandboxRemoved({ reference: { uid } }: Sandbox): void {
    this.#podLimits?.forget(uid);
    this.#restored.delete(uid);
  }

  async #adjustClaimed(sandbox: Sandbox, container: Container, started: Started): Promise<AdjustmentOutcome> {
    const { owners, containers, events } = this.#ports;
    const pod = sandbox.reference;
    const binding = await this.#binding.bindOrRenew(sandbox, container);
    if (binding.kind === "refused") return this.#refuse("start", sandbox, container, binding);
    const { claims, holdings, newlyBound } = binding;
    const former = containers.get(container.id);
    const adjustment = this.#adjustmentOf(container, holdings);
    this.#add(sandbox, container, holdings, adjustment, started);
    try {
      await this.#keepOwnMax(container, adjustment);
      const changed = await this.#applyLimits(sandbox);
      // Of a container that was known nothing is new: the kubelet took them for a resize, and now updates the container.
      if (changed && former !== undefined && newlyBound.length === 0) this.#tellRestored(pod);
      // Looks at all containers, which one without limits of memory need not wait for.
      if (adjustment.memory !== undefined) await this.#podMemory?.apply();
    } catch (error) {
      if (former === undefined) containers.remove(container.id);
      else containers.add(former);
      owners.unbind(newlyBound);
      if (!(error instanceof PodCgroupError)) throw error;
      const failure = { claims, reason: "cgroup-failed", why: error.message } as const;
      return this.#refuse("start", sandbox, container, failure);
    }
    const { mems } = adjustment;
    events.emit({ kind: "container-adjusted", pod, container: container.name, claims, mems });
    return { kind: "adjusted", adjustment };
  }

  #adjustmentOf(container: Container, holdings: Holdings): Adjustment {
    return adjustmentOf(holdings, container, this.#ports.inventory, this.#ownMax(container));
  }

  /** Enters a container with what it holds; once its limits are pending they stay so. */
  #add(
    sandbox: Sandbox,
    { id, name }: Container,
    holdings: Holdings,
    adjustment: Adjustment,
    started: Started,
  ): void {
    const { containers } = this.#ports;
    const limitsPending = started !== "with the driver" || containers.get(id)?.limitsPending === true;
    containers.add({ id, name, sandbox, holdings, adjustment, limitsPending });
  }

  /** What the kubelet set of a container's memory, which its claims come on top of. */
  #ownMax({ id, applied: { memory: { max = "max" } = {} }, askedMemoryMax }: Container): MemoryLimit {
    return askedMemoryMax ?? this.#raised?.base(keyOf(id), max) ?? max;
  }

  /** The runtime says what the container has at most, and not how much of that is the kubelet's. */
  async #keepOwnMax(container: Container, { memory }: Adjustment): Promise<void> {
    if (memory?.max === undefined) return;
    await this.#raised?.set(keyOf(container.id), { base: this.#ownMax(container), written: memory.max });
  }

  /** As {@link #tryLimits}, of the memory of all pods, since what is protected concerns those above them. */
  async #tryMemory(): Promise<ReadonlySet<PodUid> | undefined> {
    try {
      return await this.#podMemory?.apply();
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      this.#ports.events.emit({ kind: "limits-not-written", message: error.message });
    }
  }

  #applyLimits(
    { reference: { uid }, cgroupParent }: Sandbox,
    foundApplied: readonly Share[] = [],
  ): Promise<boolean> {
    const { containers } = this.#ports;
    const held = () => containers.heldIn(uid), counted = () => containers.countedIn(uid);
    return this.#podLimits?.apply({ pod: uid, cgroupParent, held, counted, foundApplied }) ??
      Promise.resolve(false);
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
      this.#ports.events.emit({
        kind: "pod-limits-left",
        pod: sandbox.reference,
        message: error.message,
      });
    }
  }

  #refuse(
    action: "start" | "adopt",
    { reference: pod }: Sandbox,
    { name: container }: Container,
    { claims, reason, why }: Pick<Extract<Binding, { kind: "refused" }>, "claims" | "reason" | "why">,
  ): AdjustmentOutcome {
    const message = `Cannot ${action} container ${container} of pod ${pod.namespace}/${pod.name}: ${why}`;
    this.#ports.events.emit({ kind: "container-refused", pod, container, claims, reason, message });
    return { kind: "refused", message };
  }
}

function pending(containers: Containers) {
  return [...containers.all()].filter(({ limitsPending }) => limitsPending);
}

/** By what the limit of a container's memory is kept. */
function keyOf(id: ContainerId): string {
  return `container ${id}`;
}

/** The keys of containers that exist no more. */
function goneKeys(keys: readonly string[], existing: readonly ExistingContainer[]): string[] {
  const own: ReadonlySet<string> = new Set(existing.map(({ id }) => keyOf(id)));
  return keys.filter((key) => key.startsWith("container ") && !own.has(key));
}
