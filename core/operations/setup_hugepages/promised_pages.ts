import type { PreparedClaim } from "../../claims/claim.ts";
import { type NumaNodeId, numaNodeId, type PodUid } from "../../values/ids.ts";
import type { PageSize } from "../../values/page_size.ts";
import type { ClaimedHugepages } from "../ports/claimed_hugepages.ts";
import { hugepageSizeOf } from "../../values/resource_name.ts";
import type { HugepagePool } from "../../topology/topology.ts";

/** What prepared claims hold of one pool, and other pods have reserved, in pages. */
interface PoolPromise {
  pages: bigint;
  /** How many of them their pods use already; too low where that is not known for sure. */
  inUse: bigint;
  isUseKnown: boolean;
  readonly claims: Set<string>;
  /** What pods without claims of the size have reserved and not touched, and which these are. */
  reserved: bigint;
  readonly pods: Set<PodUid>;
}

/**
 * What prepared claims hold of each pool, and what mappings of other pods have reserved there: pages that must not be
 * taken away, used already or not. The kernel keeps as many as are reserved on the whole machine, and not those of the
 * node that a pod is held to: it dies at the touch.
 */
export class PromisedPages {
  readonly #pools: ReadonlyMap<string, PoolPromise>;

  private constructor(pools: ReadonlyMap<string, PoolPromise>) {
    this.#pools = pools;
  }

  /** Looks at the checkpoint. Throws `OperatorError`. */
  static async read(claimed: ClaimedHugepages): Promise<PromisedPages> {
    const pools = new Map<string, PoolPromise>();
    const promiseOf = (node: NumaNodeId, pageSize: PageSize): PoolPromise => {
      const key = keyOf(node, pageSize);
      const none = { pages: 0n, inUse: 0n, isUseKnown: true, reserved: 0n };
      const promise = pools.get(key) ?? { ...none, claims: new Set(), pods: new Set() };
      pools.set(key, promise);
      return promise;
    };
    const claiming = new Set<string>();
    for (const [pod, claims] of Map.groupBy(await claimed.prepared(), ({ pod }) => pod.uid)) {
      for (const [pageSize, pagesByNode] of pagesOf(claims)) {
        claiming.add(`${pod}/${pageSize}`);
        const used = await claimed.used(pod, pageSize);
        const counted = used?.kind === "counted" ? used.bytes : undefined;
        for (const [node, { pages, names }] of pagesByNode) {
          const promise = promiseOf(node, pageSize);
          promise.pages += pages;
          promise.inUse += smaller(pages, (counted?.get(node) ?? 0n) / pageSize);
          promise.isUseKnown &&= counted !== undefined;
          for (const name of names) promise.claims.add(name);
        }
      }
    }
    for (const { pod, pageSize, bytes, nodes } of await claimed.reserved()) {
      const [only, ...others] = nodes ?? [];
      // Who may use several nodes finds the pages on one of them: the kernel keeps enough in all.
      if (only === undefined || others.length > 0 || claiming.has(`${pod}/${pageSize}`)) continue;
      const promise = promiseOf(numaNodeId(only), pageSize);
      promise.reserved += bytes / pageSize;
      promise.pods.add(pod);
    }
    return new PromisedPages(pools);
  }

  /** When there is no claim, as at boot. */
  static readonly none: PromisedPages = new PromisedPages(new Map());

  /** The pages of a pool that claims hold. */
  pages(numaNode: NumaNodeId, pageSize: PageSize): bigint {
    return this.#pools.get(keyOf(numaNode, pageSize))?.pages ?? 0n;
  }

  /** Whose they are, as `namespace/name`. */
  claims(numaNode: NumaNodeId, pageSize: PageSize): readonly string[] {
    return [...this.#pools.get(keyOf(numaNode, pageSize))?.claims ?? []].sort();
  }

  /** The pages that pods without claims have reserved, and which pods these are. */
  reserved(
    numaNode: NumaNodeId,
    pageSize: PageSize,
  ): { readonly pages: bigint; readonly pods: readonly PodUid[] } {
    const { reserved = 0n, pods = [] } = this.#pools.get(keyOf(numaNode, pageSize)) ?? {};
    return { pages: reserved, pods: [...pods].sort() };
  }

  /** Whether it is known for sure how many of those pages their pods use. */
  isUseKnown(numaNode: NumaNodeId, pageSize: PageSize): boolean {
    return this.#pools.get(keyOf(numaNode, pageSize))?.isUseKnown ?? true;
  }

  /**
   * How many pages a pool needs so that each claim can have its own: those that claims hold, that others have reserved,
   * and that others use. A page in use that cannot be told to be a claim's counts as another's. 0 without claims and
   * reservations: the kernel takes no page away that is in use.
   */
  needed(numaNode: NumaNodeId, { pageSize, total, free }: HugepagePool): bigint {
    const promise = this.#pools.get(keyOf(numaNode, pageSize));
    if (promise === undefined) return 0n;
    const others = total - free - promise.inUse;
    return promise.pages + promise.reserved + (others > 0n ? others : 0n);
  }
}

type PagesByNode = Map<NumaNodeId, { pages: bigint; readonly names: Set<string> }>;

/** The hugepages of one pod's claims, by size and node. */
function pagesOf(claims: readonly PreparedClaim[]): Map<PageSize, PagesByNode> {
  const bySize = new Map<PageSize, PagesByNode>();
  for (const { reference, allocations } of claims) {
    for (const { resource, numaNode, bytes } of allocations) {
      const pageSize = hugepageSizeOf(resource);
      if (pageSize === undefined) continue;
      const byNode: PagesByNode = bySize.get(pageSize) ?? new Map();
      bySize.set(pageSize, byNode);
      const held = byNode.get(numaNode) ?? { pages: 0n, names: new Set() };
      byNode.set(numaNode, held);
      held.pages += bytes / pageSize;
      held.names.add(`${reference.namespace}/${reference.name}`);
    }
  }
  return bySize;
}

function keyOf(numaNode: NumaNodeId, pageSize: PageSize): string {
  return `${numaNode}/${pageSize}`;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
