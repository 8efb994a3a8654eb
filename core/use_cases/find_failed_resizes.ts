import type { PodReference } from "../claims/claim.ts";
import { ClusterUnavailableError } from "../ports/claim_source.ts";
import type { ResizeSource } from "../ports/resize_source.ts";
import type { ClaimedContainer, FailedResize, Resizes } from "../status/driver_status.ts";

/** What finding failed resizes works with. */
export interface FindFailedResizesPorts {
  readonly source: ResizeSource;
  /** Waits for a look, for no longer than an answer can wait. */
  readonly shortly: (look: Promise<void>) => Promise<void>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Whoever asks again before gets what was found. */
const intervalMilliseconds = 10_000;

/**
 * Asks of the pods that have hugepages whether their resize in place failed, which the kernel tells nobody but the
 * kubelet. Only while somebody wants to know, one pod after the other, and at most every ten seconds: it is in nobody's
 * way.
 */
export class FindFailedResizes {
  readonly #ports: FindFailedResizesPorts;
  #found: Resizes = { failed: [], unknown: "the API server has not answered yet" };
  #looking: Promise<void> | undefined;
  #looked = -Infinity;

  constructor(ports: FindFailedResizesPorts) {
    this.#ports = ports;
  }

  /** What is known of the pods of these containers. */
  async of(containers: readonly ClaimedContainer[]): Promise<Resizes> {
    const pods = podsWithHugepages(containers);
    if (pods.length === 0) return { failed: [] };
    const { now, shortly } = this.#ports;
    if (this.#looking === undefined && now() - this.#looked >= intervalMilliseconds) {
      this.#looking = this.#look(pods).finally(() => {
        this.#looking = undefined;
        this.#looked = now();
      });
    }
    if (this.#looking !== undefined) await shortly(this.#looking);
    return this.#found;
  }

  async #look(pods: readonly PodReference[]): Promise<void> {
    const failed: FailedResize[] = [];
    try {
      for (const pod of pods) {
        const message = await this.#ports.source.failure(pod);
        if (message !== undefined) failed.push({ pod, message });
      }
      this.#found = { failed };
    } catch (error) {
      if (!(error instanceof ClusterUnavailableError)) throw error;
      this.#found = { failed, unknown: error.message };
    }
  }
}

function podsWithHugepages(containers: readonly ClaimedContainer[]): PodReference[] {
  const holding = containers.filter(({ adjustment }) => adjustment.hugetlbBytes.size > 0);
  return [...new Map(holding.map(({ pod }) => [pod.uid, pod])).values()];
}
