import type { PreparedClaim, ResourceClaim } from "../claims/claim.ts";
import type { ClaimStore } from "../claims/claim_store.ts";
import type { Containers } from "../claims/containers.ts";
import { isAllocatedAnew, isStillAllocated } from "../claims/eligibility.ts";
import { nodePrefix } from "../devices/pool.ts";
import { driverName } from "../values/driver.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { ClaimSource } from "../ports/claim_source.ts";
import type { DraService } from "../ports/dra_service.ts";
import type { Events } from "../events/events.ts";

/** What collecting works with. */
export interface CollectOrphansPorts {
  readonly claims: ClaimSource;
  readonly store: Pick<ClaimStore, "claims" | "get">;
  readonly containers: Containers;
  /** Releases claims, and prepares them, in turn with the kubelet's calls. */
  readonly service: Pick<DraService, "prepare" | "unprepare">;
  readonly events: Events;
}

/** What the cluster has of a prepared claim. */
type Fate =
  | "as prepared"
  /** It is gone, or another one took its name. */
  | "gone"
  /** It is not allocated on this node any more, or to no pod. */
  | "elsewhere"
  /** It is allocated on this node, otherwise or for another pod than it was prepared for. */
  | "anew";

/**
 * Releases what is prepared for claims that the cluster no longer knows, or no longer has here. The kubelet unprepares
 * its claims by itself, unless its own checkpoint was lost, or the node was away while its pods were deleted by force.
 * A claim that was allocated here anew meanwhile is prepared anew: a kubelet that thinks it prepared does not ask.
 *
 * A claim is collected once it was found so in two runs, the time between which is the grace time. One whose container
 * still exists is left to the kubelet.
 */
export class CollectOrphans {
  readonly #ports: CollectOrphansPorts;
  #orphans: ReadonlySet<ClaimUid> = new Set();

  constructor(ports: CollectOrphansPorts) {
    this.#ports = ports;
  }

  /** Looks at every prepared claim, one after the other. Throws `ClusterUnavailableError`. */
  async run(): Promise<void> {
    const { store, containers } = this.#ports;
    const orphans = new Set<ClaimUid>();
    for (const claim of [...store.claims()]) {
      const { uid } = claim.reference;
      if (containers.isInUse(claim.pod.uid, uid)) continue;
      const fate = await this.#fateOf(claim);
      if (fate === "as prepared" || fate !== "gone" && !containers.isComplete) continue;
      if (this.#orphans.has(uid)) await this.#collect(claim, fate);
      else orphans.add(uid);
    }
    this.#orphans = orphans;
  }

  async #fateOf(claim: PreparedClaim): Promise<Fate> {
    const { reference: { namespace, name, uid } } = claim;
    const found = await this.#ports.claims.claim(namespace, name);
    if (found?.reference.uid !== uid) return "gone";
    if (isStillAllocated(claim, found)) return "as prepared";
    return isAllocatedBeside(claim, found) && isAllocatedAnew(claim, found) ? "anew" : "elsewhere";
  }

  async #collect(claim: PreparedClaim, fate: Exclude<Fate, "as prepared">): Promise<void> {
    const { service, store, events } = this.#ports;
    if (fate === "anew") await service.prepare([claim.reference]);
    // It was prepared anew, or released, or nothing could be done.
    if (store.get(claim.reference.uid) !== claim) return;
    events.emit({ kind: "orphan-collected", claim });
    await service.unprepare([claim.reference]);
  }
}

/** Whether a claim is allocated from a pool of the node on which it is prepared. */
function isAllocatedBeside({ allocations: [first] }: PreparedClaim, { allocation }: ResourceClaim): boolean {
  return first !== undefined &&
    (allocation?.results ?? []).some(({ driver, pool }) =>
      driver === driverName && nodePrefix(pool) === nodePrefix(first.pool)
    );
}
