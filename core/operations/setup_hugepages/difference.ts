import { countedPages } from "../../values/counted_pages.ts";
import type { HugepagePools } from "../ports/hugepage_pools.ts";
import { inMebibytes } from "./_mebibytes.ts";
import type { PoolOutcome } from "./resize_pools.ts";

/** Whether the kernel made something else of a pool than it was asked to. */
export function differsFromPlan({ plan, now }: PoolOutcome): boolean {
  return now !== plan.to;
}

/** Says of a pool that is not as planned what was wanted, what the kernel made of it, why, and what helps. */
export async function explainDifference(outcome: PoolOutcome, pools: HugepagePools): Promise<string> {
  const { plan, now } = outcome, { numaNode, pageSize, from, to } = plan;
  const wanted = `${countedPages(to, pageSize)} on NUMA node ${numaNode}`;
  if (now > to) {
    return to > from
      ? `Cannot get ${wanted} and no more: the kernel gave ${now}, as before Linux 6.7 it does while other nodes ` +
        `have surplus pages (wait until those are freed and run this again, or ask for ${now})`
      : `Cannot go down to ${wanted}: the kernel keeps ${now}, ${whyMore(outcome)}`;
  }
  return `Cannot get ${wanted}: the kernel gave ${now}, ${await whyFewer(outcome, pools)}`;
}

/** The kernel gives none of its free pages away that mappings have reserved, on whichever nodes these are. */
function whyMore({ plan: { pageSize, reserved } }: PoolOutcome): string {
  return reserved === 0n
    ? "and does not tell why (see its log)"
    : `since mappings have reserved free pages, ${
      countedPages(reserved, pageSize)
    } on the whole machine (end what has ` +
      `reserved them, and run this again)`;
}

/** The kernel looks for gigantic pages on a node whatever the process that asks may use, for others it does not. */
async function whyFewer(outcome: PoolOutcome, pools: HugepagePools): Promise<string> {
  const { numaNode, gigantic, movableOnly } = outcome.plan;
  if (gigantic && movableOnly) return inMovableZone;
  if (!gigantic && !await pools.mayUse(numaNode)) return otherNodes;
  return reason(outcome, await pools.freeBytes(numaNode));
}

const inMovableZone =
  "since all of that node's memory is in ZONE_MOVABLE, of which no such page can be made " +
  "(bring memory of the node online as online_kernel, or with Linux 7.3 set vm.movable_gigantic_pages=1)";

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
