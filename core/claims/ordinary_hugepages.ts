import type { PodHugetlb, PodHugetlbUse } from "../ports/pod_hugetlb.ts";
import type { NumaNodeId, PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import { isInPodLimit } from "./claim.ts";
import type { ClaimStore } from "./claim_store.ts";
import type { Containers } from "./containers.ts";
import { SharedTask } from "./shared_task.ts";
import { hugetlbBytes } from "./shares.ts";

/** What is known of pods, and of what claims are part of their limits. */
export interface OrdinarySources {
  readonly store: Pick<ClaimStore, "claims">;
  readonly containers: Pick<Containers, "isComplete" | "heldIn">;
  readonly pods: PodHugetlb;
}

/**
 * The hugepages that pods may use by `hugepages-<size>` in their limits, beside their claims. Claims that are prepared at
 * a time share a look at the pods.
 */
export class OrdinaryHugepages {
  readonly #sources: OrdinarySources;
  readonly #looks = new Map<PageSize, SharedTask<readonly PodHugetlbUse[]>>();

  constructor(sources: OrdinarySources) {
    this.#sources = sources;
  }

  /**
   * What pods may still take from a node: each pod's limit less what it uses, in whole pages, and whole on each node that
   * its containers may take pages from. What the driver and the kubelet added to a limit for claims is not counted, nor as
   * much of what is used. Where it is not known which containers hold claims, nothing counts.
   */
  async untakenBytes(numaNode: NumaNodeId, pageSize: PageSize): Promise<bigint> {
    if (!this.#sources.containers.isComplete) return 0n;
    const pods = await this.#look(pageSize);
    return pods.filter(({ nodes }) => nodes === undefined || nodes.includes(numaNode))
      .reduce((sum, { pod, limit, used }) => {
        const claimed = this.#addedForClaims(pod, pageSize), own = limit - claimed;
        return sum + atLeastNone(own - own % pageSize - atLeastNone(used - claimed));
      }, 0n);
  }

  #look(pageSize: PageSize): Promise<readonly PodHugetlbUse[]> {
    const known = this.#looks.get(pageSize);
    if (known !== undefined) return known.run();
    const look = new SharedTask(() => this.#sources.pods.list(pageSize));
    this.#looks.set(pageSize, look);
    return look.run();
  }

  /** The driver raises a pod's limit with its containers, the kubelet before (KEP-5517). */
  #addedForClaims(pod: PodUid, pageSize: PageSize): bigint {
    const { store, containers } = this.#sources;
    const byKubelet = [...store.claims()]
      .filter((claim) => claim.pod.uid === pod)
      .flatMap((claim) => claim.allocations.filter(({ resource }) => isInPodLimit(claim, resource)));
    return hugetlbBytes([...byKubelet, ...containers.heldIn(pod)]).get(pageSize) ?? 0n;
  }
}

function atLeastNone(bytes: bigint): bigint {
  return bytes > 0n ? bytes : 0n;
}
