import type { NumaNodeId } from "../../values/ids.ts";
import { formatKubernetesPageSize, type PageSize } from "../../values/page_size.ts";
import type { HugepagePool, NumaNode, Topology } from "../../topology/topology.ts";
import { inMebibytes } from "./_mebibytes.ts";
import { isGigantic } from "./gigantic.ts";
import { type WantedPool, wantedPools } from "./_wanted_pools.ts";
import type { PromisedPages } from "./promised_pages.ts";
import { type HugePageProvision, ProvisionError } from "./provision.ts";

/** What becomes of one pool, in pages. */
export interface PoolPlan {
  readonly numaNode: NumaNodeId;
  readonly pageSize: PageSize;
  /** What the pool has now and shall have, surplus pages not counted. */
  readonly from: bigint;
  readonly to: bigint;
  /** Surplus ones as well. */
  readonly inUse: bigint;
  /** What prepared claims hold of it, used already or not. */
  readonly promised: bigint;
  /** Free pages of the size that mappings have reserved, on whichever nodes: the kernel keeps as many on the machine. */
  readonly reserved: bigint;
  /** Whether a page is more than the kernel's allocator has in one piece, see {@link isGigantic}. */
  readonly gigantic: boolean;
  /** Whether all of the node's memory is in ZONE_MOVABLE. */
  readonly movableOnly: boolean;
}

/**
 * Works out what each pool that is asked for becomes, by page size and node.
 *
 * Throws {@link ProvisionError} with everything that keeps this machine from it: sizes and nodes that it does not
 * have, two answers for one pool, more memory than a node has, and pages that prepared claims
 * hold or pods have reserved.
 */
export function planProvision(
  provision: HugePageProvision,
  topology: Topology,
  promises: PromisedPages,
): PoolPlan[] {
  const { wanted, problems } = wantedPools(provision, topology);
  problems.push(...wanted.flatMap((pool) => takenFromOthers(pool, promises)));
  problems.push(...topology.nodes.flatMap((node) => tooLarge(node, wanted)));
  if (problems.length > 0) throw new ProvisionError(problems);
  return wanted
    .map(({ numaNode, pool, count }) => ({
      numaNode,
      pageSize: pool.pageSize,
      from: pool.total - pool.surplus,
      to: count,
      inUse: pool.total - pool.free,
      promised: promises.pages(numaNode, pool.pageSize),
      reserved: topology.reservedHugepages.get(pool.pageSize) ?? 0n,
      gigantic: isGigantic(pool.pageSize, topology.pageSize),
      movableOnly: topology.nodes.some(({ id, movableOnly }) => id === numaNode && movableOnly),
    }))
    .sort((a, b) => Number(a.pageSize - b.pageSize) || a.numaNode - b.numaNode);
}

/** A pool that is not made smaller takes nothing away, even if claims hold more than it has. */
function takenFromOthers({ where, numaNode, pool, count }: WantedPool, promises: PromisedPages): string[] {
  const needed = promises.needed(numaNode, pool);
  if (count >= needed || count >= pool.total - pool.surplus) return [];
  const { pageSize } = pool;
  const promised = promises.pages(numaNode, pageSize), reserved = promises.reserved(numaNode, pageSize);
  const inUse = needed - promised - reserved.pages;
  const parts = [
    ...promised > 0n
      ? [`prepared claims hold ${promised} (${promises.claims(numaNode, pageSize).join(", ")})`]
      : [],
    ...reserved.pages > 0n
      ? [`mappings of pods have reserved ${reserved.pages} (pod ${reserved.pods.join(", ")})`]
      : [],
    ...inUse === 0n
      ? []
      : promises.isUseKnown(numaNode, pageSize)
      ? [`${inUse} more are in use`]
      : [`${inUse} are in use, by those claims or others: which, this kernel does not tell`],
  ];
  return [
    `Cannot provision ${where}: of the pages of ${
      formatKubernetesPageSize(pageSize)
    } on NUMA node ${numaNode} ` +
    `${parts.join(", and ")} (ask for at least ${needed}, or delete ` +
    `${promised > 0n ? "the pods of those claims" : "those pods"} first)`,
  ];
}

/** The kernel would look for the memory by taking it from everything else that runs. */
function tooLarge({ id, memoryBytes, hugepages }: NumaNode, wanted: readonly WantedPool[]): string[] {
  const here = wanted.filter(({ numaNode }) => numaNode === id);
  if (memoryBytes === undefined || !here.some(({ pool, count }) => count > pool.total)) return [];
  const pagesAfterwards = (pool: HugepagePool) =>
    here.find((other) => other.pool === pool)?.count ?? pool.total;
  const bytes = hugepages.reduce((sum, pool) => sum + pagesAfterwards(pool) * pool.pageSize, 0n);
  if (bytes <= memoryBytes) return [];
  return [
    `Cannot provision ${[...new Set(here.map(({ where }) => where))].join(" and ")}: NUMA node ${id} would ` +
    `have ${inMebibytes(bytes)} of hugepages, with those of other sizes, and has ` +
    `${inMebibytes(memoryBytes)} of memory (ask for less)`,
  ];
}
