import { validateAllocation } from "../claims/allocation.ts";
import type { PreparedClaim } from "../claims/claim.ts";
import type { ClaimStore } from "../claims/claim_store.ts";
import type { Containers } from "../claims/containers.ts";
import { IneligibleClaimError, isAllocatedAnew, stillInUse } from "../claims/eligibility.ts";
import {
  type AskedPages,
  checkFreeHugepages,
  type Precision,
  type PromisedBytes,
} from "../claims/free_hugepages.ts";
import { injectionsOf } from "../claims/injections_of.ts";
import type { NodePolicies } from "../claims/node_policies.ts";
import type { OrdinaryHugepages } from "../claims/ordinary_hugepages.ts";
import { TaskLimit } from "../claims/task_limit.ts";
import { untouchedBytes } from "../claims/untouched_hugepages.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import type { Events } from "../events/events.ts";
import type { CallTime } from "../ports/call_time.ts";
import { type ClaimSource, ClusterUnavailableError } from "../ports/claim_source.ts";
import type {
  DraService,
  PreparedDevice,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../ports/dra_service.ts";
import type { HugepageCounts } from "../ports/hugepage_counts.ts";
import type { PodCgroups } from "../ports/pod_cgroup.ts";
import type { PodSource } from "../ports/pod_source.ts";
import type { ClaimUid } from "../values/ids.ts";
import { ClaimCalls } from "./claim_calls.ts";
import { ClusterLookups } from "./cluster_lookups.ts";
import { lookUpClaim, type UsableClaim } from "./usable_claim.ts";

/** What the lifecycle of a claim works with. */
export interface ClaimLifecyclePorts {
  readonly claims: ClaimSource;
  readonly pods: PodSource;
  readonly store: ClaimStore;
  readonly containers: Pick<Containers, "all" | "isComplete" | "isInUse">;
  readonly inventory: DeviceInventory;
  /** Undefined where the kernel is not asked whether the hugepages of a claim are still free. */
  readonly hugepages: HugepageCounts | undefined;
  readonly events: Events;
  /** Begins to count how long the kubelet waits for a call; absent where it waits for ever. */
  readonly callTime?: () => CallTime;
  /** Where it is looked up what pods use of the hugepages that they claim; undefined where pod cgroups are left alone. */
  readonly podCgroups?: PodCgroups | undefined;
  /** What pods may use without claims; undefined as above. */
  readonly ordinaryHugepages?: Pick<OrdinaryHugepages, "untakenBytes"> | undefined;
  /** On which terms containers of this node can have memory; on all, where it is absent. */
  readonly policies?: Pick<NodePolicies, "problem">;
  /** Whether the kubelet adds claims to the limits of pods and containers by itself (KEP-5517). */
  readonly kubeletCounts?: () => boolean;
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
 *   prepared: fetched from the cluster, checked, its bytes reserved, made durable, answered; asked for again, the
 *     cluster is asked whether that still is what it allocated
 *     └─ bound to its container when that is created (see `AdjustContainers`)
 *   unprepared: its checkpoint removed, its bytes free
 */
export class ClaimLifecycle implements DraService {
  readonly #ports: ClaimLifecyclePorts;
  readonly #calls: ClaimCalls;
  readonly #lookups = new TaskLimit(lookupsAtOnce);

  constructor(ports: ClaimLifecyclePorts) {
    this.#ports = ports;
    this.#calls = new ClaimCalls(ports.events);
  }

  async prepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, PrepareOutcome>> {
    const { claims: claimSource, pods, callTime } = this.#ports;
    const time = callTime?.();
    const cluster = new ClusterLookups({ claims: claimSource, pods, limit: this.#lookups, time });
    try {
      return await this.#calls.each<PrepareOutcome>(claims, async (requested, uid) => {
        const known = await this.#ports.store.find(uid);
        const isCurrent = known !== undefined && await this.#isCurrent(known, cluster);
        return {
          kind: "prepared",
          devices: this.#answer(isCurrent ? known : await this.#prepare(requested, uid, cluster)),
        };
      });
    } finally {
      time?.stop();
    }
  }

  unprepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, UnprepareOutcome>> {
    return this.#calls.each<UnprepareOutcome>(claims, async (_, uid) => {
      const { store, events } = this.#ports;
      const claim = await store.release(uid);
      if (claim !== undefined) events.emit({ kind: "claim-unprepared", claim });
      return { kind: "unprepared" };
    });
  }

  /**
   * Whether a prepared claim can be answered as it is. If the cluster allocated it anew, and nothing uses it, it is
   * released. What became of it otherwise is the kubelet's affair, and as long as the cluster cannot be asked it stays:
   * its container may be about to start.
   */
  async #isCurrent(known: PreparedClaim, cluster: ClusterLookups): Promise<boolean> {
    const { containers, store, events } = this.#ports;
    const { namespace, name, uid } = known.reference;
    try {
      const claim = await cluster.run(`${namespace}/${name}`, () => cluster.claim(namespace, name));
      if (!isAllocatedAnew(known, claim)) return true;
    } catch (error) {
      if (error instanceof ClusterUnavailableError) return true;
      throw error;
    }
    if (!containers.isComplete || containers.isInUse(known.pod.uid, uid)) throw stillInUse(known);
    await store.release(uid);
    events.emit({ kind: "claim-superseded", claim: known });
    return false;
  }

  async #prepare(
    requested: RequestedClaim,
    uid: ClaimUid,
    cluster: ClusterLookups,
  ): Promise<PreparedClaim> {
    const { store, hugepages, events } = this.#ports;
    const { namespace, name } = requested;
    const eligible = await cluster.run(`${namespace}/${name}`, () => lookUpClaim(requested, uid, cluster));
    let proposed: PreparedClaim | undefined;
    const prepared = await store.prepare({
      uid,
      propose: () => proposed = this.#propose(eligible),
      confirm: async ({ reference, allocations }) => {
        if (hugepages === undefined) return;
        await checkFreeHugepages(reference, allocations, hugepages, (...of) => this.#promised(...of));
      },
    });
    const isNew = prepared === proposed && prepared.allocations.length > 0;
    if (isNew) events.emit({ kind: "claim-prepared", claim: prepared });
    return prepared;
  }

  /** Where the kubelet counts claims, so does the scheduler, and gives the pages of a node out once. */
  async #promised(
    { device, numaNode, pageSize, bytes }: AskedPages,
    precision: Precision,
  ): Promise<PromisedBytes> {
    const { store, containers, podCgroups, ordinaryHugepages, kubeletCounts = () => false } = this.#ports;
    let byClaims = 0n;
    if (podCgroups !== undefined) {
      byClaims = precision === "at most"
        ? store.usedBytes(device) - bytes
        : await untouchedBytes({ store, containers, podCgroups }, device, pageSize, bytes);
    }
    const byLimits = ordinaryHugepages === undefined || kubeletCounts()
      ? 0n
      : await ordinaryHugepages.untakenBytes(numaNode, pageSize, precision);
    return { byClaims, byLimits };
  }

  /** Checks a claim's allocation against the node as it is now. */
  #propose({ claim, user, neighbors }: UsableClaim): PreparedClaim {
    const { store, inventory: { nodeName, devices }, policies, kubeletCounts = () => false } = this.#ports;
    const { reference, pod, results } = claim;
    const usedBytes = (device: string) => store.usedBytes(device);
    const allocations = validateAllocation(reference, results, { nodeName, devices, usedBytes });
    const container = user.container?.name;
    const injected = injectionsOf({ claim, allocations, user, neighbors, nodeName, devices });
    for (const terms of injected.terms ?? []) {
      const problem = policies?.problem(terms);
      if (problem !== undefined) throw new IneligibleClaimError("config-unsupported", reference, problem);
    }
    return {
      reference,
      pod,
      ...(container === undefined ? {} : { container }),
      allocations,
      ...(user.container?.hugepages === undefined ? {} : { ordinaryHugepages: user.container.hugepages }),
      ...(kubeletCounts() ? { countedByKubelet: true } : {}),
      ...(user.pod.limited === undefined ? {} : { limitedByPod: user.pod.limited }),
      ...injected,
    };
  }

  #answer(claim: PreparedClaim): PreparedDevice[] {
    return claim.allocations.map(({ request, pool, device, shareId }) => ({
      requestNames: [request],
      pool,
      device,
      cdiDeviceIds: [this.#ports.store.deviceId(claim, request)],
      ...(shareId === undefined ? {} : { shareId }),
    }));
  }
}
