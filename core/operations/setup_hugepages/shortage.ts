import { formatPageSize } from "../../values/page_size.ts";
import type { HugepagePools } from "../ports/hugepage_pools.ts";
import { inMebibytes } from "./_mebibytes.ts";
import type { PoolOutcome } from "./resize_pools.ts";

/** Whether the kernel made something else of a pool than it was asked to. */
export function isShort({ plan, now }: PoolOutcome): boolean {
  return now !== plan.to;
}

/** Says of a pool that is short what was wanted, what the kernel gave, why, and what helps. */
export async function explainShortage(outcome: PoolOutcome, pools: HugepagePools): Promise<string> {
  const { plan: { numaNode, pageSize, to }, now } = outcome;
  const pool = `pages of ${formatPageSize(pageSize)} on NUMA node ${numaNode}`;
  if (now > to) return `Cannot go down to ${to} ${pool}: the kernel keeps ${now} (see the kernel's log)`;
  const why = await pools.mayUse(numaNode) ? reason(outcome, await pools.freeBytes(numaNode)) : otherNodes;
  return `Cannot get ${to} ${pool}: the kernel gave ${now}, ${why}`;
}

const otherNodes =
  "since this process may not take memory from that node (run it where cpuset.mems of the cgroup " +
  "has the node)";

/** A huge page is one piece of memory that begins at a multiple of its size. */
function reason(
  { plan: { pageSize, to }, now, compacted }: PoolOutcome,
  freeBytes: bigint | undefined,
): string {
  const unmoved = compacted === false ? ", and this kernel cannot move memory together" : "";
  const atBoot = "set them up right after a boot, or at boot, see --persist";
  if (freeBytes === undefined) return `for want of free memory in large enough pieces${unmoved} (${atBoot})`;
  const missing = (to - now) * pageSize, free = inMebibytes(freeBytes);
  return freeBytes < missing
    ? `and the others would take ${inMebibytes(missing)} while ${free} of its memory is free ` +
      `(stop what uses the node's memory, or ask for less)`
    : `since the ${free} of its memory that is free is in pieces smaller than such a page${unmoved} (${atBoot})`;
}
