import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { Topology } from "./topology.ts";

/** Pools of one size whose pages changed their node. */
export interface MovedPages {
  readonly pageSize: PageSize;
  readonly from: readonly NumaNodeId[];
  readonly to: readonly NumaNodeId[];
  readonly pages: bigint;
}

/**
 * The pools that lost pages while others of the size gained as many. Nobody has to have asked for that: when a task with
 * hugepages is given other nodes and their pool has no free page, the kernel makes pages there and takes as many from the
 * pool of the node that they leave, for good (`alloc_hugetlb_folio_nodemask`, `move_hugetlb_state` of mm/hugetlb.c).
 */
export function movedPages(before: Topology, after: Topology): MovedPages[] {
  return after.hugepageSizes.flatMap((pageSize) => {
    const changes = after.nodes.map(({ id }) => ({
      id,
      change: pagesOn(after, id, pageSize) - pagesOn(before, id, pageSize),
    }));
    const lost = changes.filter(({ change }) => change < 0n),
      gained = changes.filter(({ change }) => change > 0n);
    const pages = gained.reduce((sum, { change }) => sum + change, 0n);
    if (pages === 0n || changes.reduce((sum, { change }) => sum + change, 0n) !== 0n) return [];
    return [{ pageSize, from: lost.map(({ id }) => id), to: gained.map(({ id }) => id), pages }];
  });
}

function pagesOn({ nodes }: Topology, node: NumaNodeId, pageSize: PageSize): bigint {
  const pool = nodes.find(({ id }) => id === node)?.hugepages.find((pool) => pool.pageSize === pageSize);
  return pool === undefined ? 0n : pool.total - pool.surplus;
}
