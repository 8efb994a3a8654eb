import type { PreparedClaim } from "../claims/claim.ts";
import type { ClaimStore } from "../claims/claim_store.ts";
import type { Containers } from "../claims/containers.ts";
import type { ClaimUid } from "../values/ids.ts";
import type { ClaimSource } from "../ports/claim_source.ts";
import type { DraService } from "../ports/dra_service.ts";
import type { Recorder } from "../events/events.ts";

/** What collecting works with. */
export interface CollectOrphansPorts {
  readonly claims: ClaimSource;
  readonly store: Pick<ClaimStore, "claims">;
  readonly containers: Containers;
  /** Gives claims back in turn with the kubelet's calls. */
  readonly service: Pick<DraService, "unprepare">;
  readonly recorder: Recorder;
}

/**
 * Gives back what is prepared for claims that the cluster no longer knows. The kubelet unprepares its claims by
 * itself, unless its own checkpoint was lost, or the node was away while its pods were deleted by force.
 *
 * A claim is collected once it was missing in two runs, the time between which is the grace time. One whose
 * container still exists is left to the kubelet.
 */
export class CollectOrphans {
  readonly #ports: CollectOrphansPorts;
  #missing: ReadonlySet<ClaimUid> = new Set();

  constructor(ports: CollectOrphansPorts) {
    this.#ports = ports;
  }

  /** Looks at every prepared claim, one after the other. Throws `ClusterUnavailableError`. */
  async run(): Promise<void> {
    const { store, containers } = this.#ports;
    const missing = new Set<ClaimUid>();
    for (const claim of [...store.claims()]) {
      const { uid } = claim.reference;
      if (containers.isInUse(claim.pod.uid, uid) || !await this.#isMissing(claim)) continue;
      if (this.#missing.has(uid)) await this.#collect(claim);
      else missing.add(uid);
    }
    this.#missing = missing;
  }

  async #isMissing({ reference: { namespace, name, uid } }: PreparedClaim): Promise<boolean> {
    const found = await this.#ports.claims.claim(namespace, name);
    return found?.reference.uid !== uid;
  }

  async #collect(claim: PreparedClaim): Promise<void> {
    const { service, recorder } = this.#ports;
    recorder.record({ kind: "orphan-collected", claim });
    await service.unprepare([claim.reference]);
  }
}
