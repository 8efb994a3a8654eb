import type { Events } from "../events/events.ts";
import type { ExistingContainer, Sandbox } from "../ports/container_service.ts";
import type { LimitBases } from "../ports/limit_bases.ts";
import type { MemoryCgroups } from "../ports/memory_cgroups.ts";
import type { PodBases } from "../ports/pod_bases.ts";
import { PodCgroupError, type PodCgroups } from "../ports/pod_cgroup.ts";
import type { PodUid } from "../values/ids.ts";
import type { PodReference } from "./claim.ts";
import type { Containers } from "./containers.ts";
import type { Share } from "./environment.ts";
import { OwnMemoryMax } from "./own_memory_max.ts";
import { PodLimits } from "./pod_limits.ts";
import { PodMemory } from "./pod_memory.ts";
import type { PreparedClaims } from "./prepared_claims.ts";
import { RaisedLimits } from "./raised_limits.ts";

/** What the limits of cgroups are kept for, and by. */
export interface CgroupLimitsPorts {
  readonly store: Pick<PreparedClaims, "holds">;
  readonly containers: Containers;
  /** Undefined where the hugetlb limits of pods are left alone. */
  readonly podCgroups: PodCgroups | undefined;
  readonly podBases: PodBases;
  /** The cgroups whose memory limits follow, and what they were before; undefined where they are left alone. */
  readonly memory?: { readonly cgroups: MemoryCgroups; readonly bases: LimitBases };
  readonly events: Events;
}

/** Keeps the limits of pods' cgroups, and of those above them, in line with what the pods' containers hold. */
export class CgroupLimits {
  readonly #ports: CgroupLimitsPorts;
  readonly #podLimits: PodLimits | undefined;
  readonly #podMemory: PodMemory | undefined;
  readonly #raised: RaisedLimits | undefined;
  /** What containers have below their claims. */
  readonly ownMemoryMax: OwnMemoryMax;
  readonly #restored = new Map<PodUid, number>();

  constructor(ports: CgroupLimitsPorts) {
    this.#ports = ports;
    const { podCgroups, podBases, memory, store, containers } = ports;
    this.#podLimits = podCgroups && new PodLimits(podCgroups, podBases);
    const raised = memory && new RaisedLimits(memory.bases);
    this.#raised = raised;
    this.ownMemoryMax = new OwnMemoryMax(raised);
    this.#podMemory = memory && raised &&
      new PodMemory({ cgroups: memory.cgroups, raised, claims: store, containers });
  }

  /** Begins with what another instance kept of these containers and their pods, and forgets all others. */
  async adopt(listed: readonly ExistingContainer[]): Promise<void> {
    await this.#raised?.load();
    await this.ownMemoryMax.keepOnly(listed.filter(({ isStopped }) => !isStopped));
    // A pod between two init containers has none that runs.
    await this.#podLimits?.adopt(new Set(listed.map(({ sandbox }) => sandbox.reference.uid)));
  }

  /**
   * Brings a pod's hugetlb limits in line. Resolves to whether they were not. `foundApplied` is what of them was there when
   * this driver met the pod. Throws `PodCgroupError`.
   */
  applyHugetlb(
    { reference: { uid }, cgroupParent }: Sandbox,
    foundApplied: readonly Share[] = [],
  ): Promise<boolean> {
    const { containers } = this.#ports;
    const held = () => containers.heldIn(uid), counted = () => containers.countedIn(uid);
    return this.#podLimits?.apply({ pod: uid, cgroupParent, held, counted, foundApplied }) ??
      Promise.resolve(false);
  }

  /** Containers that run already are not stopped because of their pod's cgroup, which may be gone with the pod. */
  async tryHugetlb(sandbox: Sandbox, foundApplied?: readonly Share[]): Promise<void> {
    try {
      await this.applyHugetlb(sandbox, foundApplied);
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      this.#ports.events.emit({ kind: "pod-limits-left", pod: sandbox.reference, message: error.message });
    }
  }

  /**
   * Brings the memory limits of all pods in line, since what is protected concerns the cgroups above them. Resolves to the
   * pods whose own were not. Throws the first `PodCgroupError`, after trying the rest.
   */
  applyMemory(): Promise<ReadonlySet<PodUid>> {
    return this.#podMemory?.apply() ?? Promise.resolve(new Set());
  }

  /** As {@link tryHugetlb}, of {@link applyMemory}. */
  async tryMemory(): Promise<ReadonlySet<PodUid>> {
    try {
      return await this.applyMemory();
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      this.#ports.events.emit({ kind: "limits-not-written", message: error.message });
      return new Set();
    }
  }

  /** The limits of a pod were put right after somebody had changed them. */
  tellRestored(pod: PodReference): void {
    this.#restored.set(pod.uid, this.restored(pod.uid) + 1);
    this.#ports.events.emit({ kind: "pod-limits-restored", pod });
  }

  /** How often that was. */
  restored(pod: PodUid): number {
    return this.#restored.get(pod) ?? 0;
  }

  /** A pod is gone. */
  forget(pod: PodUid): void {
    this.#podLimits?.forget(pod);
    this.#restored.delete(pod);
  }
}
