import type { PodHugetlb, PodHugetlbUse } from "../ports/pod_hugetlb.ts";
import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import { isInPodLimit } from "./claim.ts";
import type { ClaimStore } from "./claim_store.ts";
import type { Containers } from "./containers.ts";
import type { Precision } from "./free_hugepages.ts";
import { SharedTask } from "./shared_task.ts";
import { hugetlbBytes } from "./shares.ts";

/** What is known of pods, and of what claims are part of their limits. */
export interface OrdinarySources {
  readonly store: Pick<ClaimStore, "claims">;
  readonly containers: Pick<Containers, "isComplete" | "heldIn">;
  readonly pods: PodHugetlb;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
}

/** For so long what was seen of pods is enough to say that pages are plenty. */
const recentMilliseconds = 1_000;

/** What a pod may still take, of one page size. */
interface Untaken {
  readonly bytes: bigint;
  readonly nodes: PodHugetlbUse["nodes"];
}

/** What was seen of all pods, and when: milliseconds of the sources' clock. */
interface Look {
  readonly at: number;
  readonly pods: readonly Untaken[];
}

/**
 * The hugepages that pods may use by `hugepages-<size>` in their limits, beside their claims. Claims that are prepared at
 * a time share a look at the pods, which takes some files of each.
 */
export class OrdinaryHugepages {
  readonly #sources: OrdinarySources;
  readonly #looks = new Map<PageSize, SharedTask<Look>>();
  readonly #last = new Map<PageSize, Look>();

  constructor(sources: OrdinarySources) {
    this.#sources = sources;
  }

  /**
   * What pods may still take from a node: each pod's limit less what it uses, in whole pages, and whole on each node that
   * its containers may take pages from. What the driver and the kubelet added to a limit for claims is not counted, nor as
   * much of what is used. Where it is not known which containers hold claims, nothing counts.
   */
  async untakenBytes(numaNode: NumaNodeId, pageSize: PageSize, precision: Precision): Promise<bigint> {
    const { containers, now } = this.#sources;
    if (!containers.isComplete) return 0n;
    const last = this.#last.get(pageSize);
    const isEnough = precision === "at most" && last !== undefined && now() - last.at < recentMilliseconds;
    const { pods } = isEnough ? last : await this.#look(pageSize);
    return pods.filter(({ nodes }) => nodes === undefined || nodes.includes(numaNode))
      .reduce((sum, { bytes }) => sum + bytes, 0n);
  }

  #look(pageSize: PageSize): Promise<Look> {
    const known = this.#looks.get(pageSize);
    if (known !== undefined) return known.run();
    const look = new SharedTask(async () => {
      const at = this.#sources.now();
      const pods = await this.#untaken(pageSize);
      const last = { at, pods };
      this.#last.set(pageSize, last);
      return last;
    });
    this.#looks.set(pageSize, look);
    return look.run();
  }

  async #untaken(pageSize: PageSize): Promise<Untaken[]> {
    const { store, containers, pods } = this.#sources;
    const uses = await pods.list(pageSize);
    const claims = Map.groupBy(store.claims(), ({ pod }) => pod.uid);
    return uses.map(({ pod, limit, used, nodes }) => {
      // The driver raises a pod's limit with its containers, the kubelet before (KEP-5517).
      const byKubelet = (claims.get(pod) ?? []).flatMap((claim) =>
        claim.allocations.filter(({ resource }) => isInPodLimit(claim, resource))
      );
      const claimed = hugetlbBytes([...byKubelet, ...containers.heldIn(pod)]).get(pageSize) ?? 0n;
      const own = limit - claimed;
      return { bytes: atLeastNone(own - own % pageSize - atLeastNone(used - claimed)), nodes };
    }).filter(({ bytes }) => bytes > 0n);
  }
}

function atLeastNone(bytes: bigint): bigint {
  return bytes > 0n ? bytes : 0n;
}
