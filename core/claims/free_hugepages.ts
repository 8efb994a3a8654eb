import type { NumaNodeId } from "../values/ids.ts";
import { formatKubernetesPageSize, type PageSize } from "../values/page_size.ts";
import type { HugepageCounts } from "../ports/hugepage_counts.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import type { Allocation, ClaimReference } from "./claim.ts";

/** The kernel has fewer free hugepages than a claim needs. */
export class HugepagesTakenError extends Error {
  override name = "HugepagesTakenError";
}

/** Of which pages it is asked what is promised of them. */
export interface AskedPages {
  readonly device: string;
  readonly numaNode: NumaNodeId;
  readonly pageSize: PageSize;
  /** What of the device belongs to the claim that asks. */
  readonly bytes: bigint;
}

/** What of free pages others may still take, in bytes. */
export interface PromisedBytes {
  /** By their claims. */
  readonly byClaims: bigint;
  /** By `hugepages-<size>` in their limits. */
  readonly byLimits: bigint;
}

/**
 * How well it has to be known what is promised: at most, as of a moment ago, which is quick to be known and enough where
 * pages are plenty; or exactly, which takes a look at the pods.
 */
export type Precision = "at most" | "exactly";

const nothing: PromisedBytes = { byClaims: 0n, byLimits: 0n };

/**
 * Asks the kernel for the free pages behind a claim's hugepages, since something outside of Kubernetes can have taken
 * what the node published. Free pages that other claims were promised and have not touched yet are not there for this
 * one, and those that ordinary pods may still take are not either: the kernel would reserve them to both, and kill
 * whoever comes second with SIGBUS, since it checks a reservation against all free pages of the task's nodes
 * (`hugetlb_acct_memory` of mm/hugetlb.c).
 *
 * Throws {@link HugepagesTakenError} for the first device that lacks pages, and `TopologyError` when the kernel cannot be
 * asked.
 */
export async function checkFreeHugepages(
  claim: ClaimReference,
  allocations: readonly Allocation[],
  counts: HugepageCounts,
  promisedBytes: (pages: AskedPages, precision: Precision) => Promise<PromisedBytes> = () =>
    Promise.resolve(nothing),
): Promise<void> {
  for (const [device, shares] of Map.groupBy(allocations, ({ device }) => device)) {
    const [first] = shares;
    const pageSize = first && hugepageSizeOf(first.resource);
    if (first === undefined || pageSize === undefined) continue;
    const bytes = shares.reduce((sum, { bytes }) => sum + bytes, 0n), wanted = bytes / pageSize;
    const { free, total } = await counts.count(first.numaNode, pageSize);
    const { numaNode } = first;
    const left = free * pageSize - bytes, pages = { device, numaNode, pageSize, bytes };
    let promised = nothing;
    if (left >= 0n) {
      if (left >= sumOf(await promisedBytes(pages, "at most"))) continue;
      promised = await promisedBytes(pages, "exactly");
      if (left >= sumOf(promised)) continue;
    }
    throw new HugepagesTakenError(
      `Cannot prepare claim ${claim.namespace}/${claim.name}: it wants ${wanted} ${
        wanted === 1n ? "hugepage" : "hugepages"
      } of ` +
        `${formatKubernetesPageSize(pageSize)} on NUMA node ${numaNode}, where ${free} of ${total} are free` +
        reasonOf(pageSize, promised),
    );
  }
}

function sumOf({ byClaims, byLimits }: PromisedBytes): bigint {
  return byClaims + byLimits;
}

function reasonOf(pageSize: PageSize, { byClaims, byLimits }: PromisedBytes): string {
  const off = "start the driver with --verify-free-hugepages=false";
  const claims = byClaims === 0n ? "" : ` and ${byClaims / pageSize} of them are promised to other claims`;
  if (byLimits === 0n) {
    return `${claims}: something outside of its claims uses the others (free them, or ${off})`;
  }
  const resource = `hugepages-${formatKubernetesPageSize(pageSize)}`;
  return `${claims} and pods with ${resource} in their limits may still take ${
    byLimits / pageSize
  } of them ` +
    `(leave the hugepages of a node to claims or to limits, or ${off})`;
}
