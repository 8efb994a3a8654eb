import type { HugepagePools } from "../ports/hugepage_pools.ts";
import type { HugepagePool } from "../../topology/topology.ts";
import type { PoolPlan } from "./plan.ts";

/** What the kernel made of a plan, in pages. */
export interface PoolOutcome {
  readonly plan: PoolPlan;
  /** What the pool has now, surplus pages not counted. */
  readonly now: bigint;
  readonly free: bigint;
  /** Pages in use beyond that, which go once they are freed. */
  readonly surplus: bigint;
  /** Whether the kernel could be asked to move memory together; undefined where there was no need to. */
  readonly compacted?: boolean;
}

/** How often the kernel is asked to move memory together for one pool. */
const maxCompactions = 3;

/**
 * Changes the pools one after another, and tells after each what the kernel made of it. Those that become smaller
 * are first, since their memory may be what others need; then those of the largest pages, whose memory is the
 * hardest to find. A pool that is right already is not touched.
 *
 * When the kernel gives fewer pages, it is asked to move memory together and then for the pages again, as long as
 * that helps, three times at most. Throws `HugepagePoolError`.
 */
export async function* resizePools(
  plans: readonly PoolPlan[],
  pools: HugepagePools,
): AsyncGenerator<PoolOutcome, void, void> {
  for (const plan of inOrder(plans.filter(({ from, to }) => from !== to))) {
    yield await resizePool(plan, pools);
  }
}

function inOrder(plans: readonly PoolPlan[]): PoolPlan[] {
  const grows = ({ from, to }: PoolPlan) => Number(to > from);
  return plans.toSorted((a, b) => grows(a) - grows(b) || Number(b.pageSize - a.pageSize));
}

async function resizePool(plan: PoolPlan, pools: HugepagePools): Promise<PoolOutcome> {
  const { numaNode, pageSize, to } = plan;
  const resize = async () => {
    await pools.resize(numaNode, pageSize, to);
    return await pools.read(numaNode, pageSize);
  };
  let pool = await resize(), compacted: boolean | undefined;
  for (let round = 0; round < maxCompactions && persistent(pool) < to; round++) {
    compacted = await pools.compact(numaNode);
    if (!compacted) break;
    const before = persistent(pool);
    pool = await resize();
    if (persistent(pool) <= before) break;
  }
  return {
    plan,
    now: persistent(pool),
    free: pool.free,
    surplus: pool.surplus,
    ...(compacted === undefined ? {} : { compacted }),
  };
}

function persistent({ total, surplus }: HugepagePool): bigint {
  return total - surplus;
}
