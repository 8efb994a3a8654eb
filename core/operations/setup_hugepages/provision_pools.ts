import { HugepagePoolError, type HugepagePools } from "../ports/hugepage_pools.ts";
import { countedPages } from "../../values/counted_pages.ts";
import type { PoolPlan } from "./plan.ts";
import type { PromisedPages } from "./promised_pages.ts";
import { type PoolOutcome, resizePools } from "./resize_pools.ts";
import { type RestoredPool, restorePools } from "./restore_pools.ts";
import { differsFromPlan, explainDifference } from "./difference.ts";

/** What came of a plan. */
export interface ProvisionResult {
  /** The pools that were changed, in that order. */
  readonly outcomes: readonly PoolOutcome[];
  /** What is not as wanted, and why, one message each. Empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Carries a plan out. `rollBack` is given where the pools shall be as before when one of them cannot be had: it
 * looks at the claims anew, since some may have been prepared meanwhile.
 *
 * Throws what `rollBack` throws.
 */
export async function provisionPools(
  plans: readonly PoolPlan[],
  pools: HugepagePools,
  rollBack?: () => Promise<PromisedPages>,
): Promise<ProvisionResult> {
  const outcomes: PoolOutcome[] = [], problems: string[] = [];
  await collect(problems, async () => {
    for await (const outcome of resizePools(plans, pools)) outcomes.push(outcome);
  });
  for (const outcome of outcomes.filter(differsFromPlan)) {
    problems.push(await explainDifference(outcome, pools));
  }
  if (problems.length > 0 && rollBack !== undefined) {
    await collect(problems, async () => {
      const restored = await restorePools(plans, pools, await rollBack());
      problems.push(...restored.map(describeRestored));
    });
  }
  return { outcomes, problems };
}

async function collect(problems: string[], action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof HugepagePoolError)) throw error;
    problems.push(error.message);
  }
}

function describeRestored({ plan: { numaNode, pageSize, from }, now, needed }: RestoredPool): string {
  const former = `${countedPages(from, pageSize)} on NUMA node ${numaNode}`;
  if (now === from) return `Restored: ${former}, as before`;
  const reason = now > from && now <= needed
    ? "prepared claims need them now"
    : "the kernel made no more of it; see its log";
  return `Cannot restore the former ${former}: there are ${now} (${reason})`;
}
