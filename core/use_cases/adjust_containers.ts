import type { CgroupLimits } from "../claims/cgroup_limits.ts";
import { type Binding, ClaimBinding, type ClaimBindingSources } from "../claims/claim_binding.ts";
import type { Holdings } from "../claims/claim_owners.ts";
import { adjustmentOf, isApplied } from "../claims/container_adjustment.ts";
import { type Containers, uncountedShares } from "../claims/containers.ts";
import { type Share, showsClaims } from "../claims/environment.ts";
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
import { PodCgroupError } from "../ports/pod_cgroup.ts";
import type { ContainerId, PodUid } from "../values/ids.ts";

/** What adjusting containers works with. */
export interface AdjustContainersPorts extends ClaimBindingSources {
  readonly containers: Containers;
  /** Tells which nodes need another one beside them; without it none does. */
  readonly inventory?: MachineNodes;
  readonly limits: CgroupLimits;
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

  constructor(ports: AdjustContainersPorts) {
    this.#ports = ports;
    this.#binding = new ClaimBinding(ports);
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
    const { containers, limits, events } = this.#ports;
    const existing = listed.filter(({ isStopped }) => !isStopped);
    const stopped = listed.filter(({ isStopped, environment }) => isStopped && showsClaims(environment));
    for (const container of stopped) await this.#binding.bind(container.sandbox, container);
    containers.keepOnly(new Set(existing.map(({ id }) => id)));
    await limits.adopt(listed);
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
      await limits.ownMemoryMax.keep(container, adjustment);
    }
    await this.#adoptLimits([...pods.values()]);
    await limits.tryMemory();
    events.emit({ kind: "containers-synchronized", seen: existing.length, updated: updates.size });
    return updates;
  }

  async removed(sandbox: Sandbox, { id }: Pick<Container, "id" | "name">): Promise<void> {
    const { containers, limits } = this.#ports;
    const removed = containers.remove(id);
    if (removed === undefined) return;
    await limits.tryHugetlb(sandbox);
    if (removed.adjustment.memory === undefined) return;
    await limits.ownMemoryMax.forget(id);
    await limits.tryMemory();
  }

  sandboxRemoved({ reference: { uid } }: Sandbox): void {
    this.#ports.limits.forget(uid);
  }

  async #adjustClaimed(sandbox: Sandbox, container: Container, started: Started): Promise<AdjustmentOutcome> {
    const { owners, containers, limits, events } = this.#ports;
    const pod = sandbox.reference;
    const binding = await this.#binding.bindOrRenew(sandbox, container);
    if (binding.kind === "refused") return this.#refuse("start", sandbox, container, binding);
    const { claims, holdings, newlyBound } = binding;
    const former = containers.get(container.id);
    const adjustment = this.#adjustmentOf(container, holdings);
    this.#add(sandbox, container, holdings, adjustment, started);
    try {
      await limits.ownMemoryMax.keep(container, adjustment);
      const changed = await limits.applyHugetlb(sandbox);
      // Of a container that was known nothing is new: the kubelet took them for a resize, and now updates the container.
      if (changed && former !== undefined && newlyBound.length === 0) limits.tellRestored(pod);
      // Looks at all containers, which one without limits of memory need not wait for.
      if (adjustment.memory !== undefined) await limits.applyMemory();
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
    const { inventory, limits } = this.#ports;
    return adjustmentOf(holdings, container, inventory, limits.ownMemoryMax.of(container));
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

  /** A runtime waits two seconds for all of a node's pods: some at a time, so that files do not run out. */
  async #adoptLimits(pods: readonly { sandbox: Sandbox; foundApplied: readonly Share[] }[]): Promise<void> {
    const { limits } = this.#ports;
    for (let start = 0; start < pods.length; start += podsAtOnce) {
      const some = pods.slice(start, start + podsAtOnce);
      await Promise.all(some.map(({ sandbox, foundApplied }) => limits.tryHugetlb(sandbox, foundApplied)));
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
