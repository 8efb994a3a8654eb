import type { HugepagePools } from "../ports/hugepage_pools.ts";
import type { PoolPlan } from "./plan.ts";
import type { PromisedPages } from "./promised_pages.ts";
import { resizePools } from "./resize_pools.ts";

/** A pool that was given back the pages which it had before, as far as that went. */
export interface RestoredPool {
  readonly plan: PoolPlan;
  /** What it has now; `plan.from` is what it had before. */
  readonly now: bigint;
  /** What it needs for claims, among them those that were prepared meanwhile. */
  readonly needed: bigint;
}

/**
 * Undoes a plan as far as it was carried out: each of its pools gets the pages back that it had, but none goes
 * below what prepared claims need. Resolves with the pools that had been changed. Throws `HugepagePoolError`.
 */
export async function restorePools(
  plans: readonly PoolPlan[],
  pools: HugepagePools,
  promises: PromisedPages,
): Promise<RestoredPool[]> {
  const read = async ({ numaNode, pageSize }: PoolPlan) => {
    const pool = await pools.read(numaNode, pageSize);
    return { now: pool.total - pool.surplus, needed: promises.needed(numaNode, pool) };
  };
  const changed = [];
  for (const plan of plans) {
    const { now, needed } = await read(plan);
    if (now !== plan.from) changed.push({ plan, now, to: lowest(plan.from, now, needed) });
  }
  const backwards = changed.map(({ plan, now, to }) => ({ ...plan, from: now, to }));
  await Array.fromAsync(resizePools(backwards, pools));
  return await Promise.all(changed.map(async ({ plan }) => ({ plan, ...await read(plan) })));
}

/** The former count, or where that would take pages from claims, as little as leaves them theirs. */
function lowest(former: bigint, now: bigint, needed: bigint): bigint {
  if (former > now || former >= needed) return former;
  return needed < now ? needed : now;
}
