import { formatKubernetesPageSize, type PageSize } from "../values/page_size.ts";
import type { HugepageCounts } from "../ports/hugepage_counts.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import type { Allocation, ClaimReference } from "./claim.ts";

/** The kernel has fewer free hugepages than a claim needs. */
export class HugepagesTakenError extends Error {
  override name = "HugepagesTakenError";
}

/** What of a device is promised and not used yet, beside a claim that has `bytes` of it. */
export type UntouchedBytes = (device: string, pageSize: PageSize, bytes: bigint) => Promise<bigint>;

/**
 * Asks the kernel for the free pages behind a claim's hugepages, since something outside of Kubernetes can have taken
 * what the node published. Free pages that other claims were promised and have not touched yet are not there for this
 * one: the kernel would reserve them to both, and kill whoever comes second with SIGBUS, since it checks a reservation
 * against all free pages of the task's nodes (`hugetlb_acct_memory` of mm/hugetlb.c).
 *
 * Throws {@link HugepagesTakenError} for the first device that lacks pages, and `TopologyError` when the kernel cannot be
 * asked.
 */
export async function checkFreeHugepages(
  claim: ClaimReference,
  allocations: readonly Allocation[],
  counts: HugepageCounts,
  untouchedBytes: UntouchedBytes = () => Promise.resolve(0n),
): Promise<void> {
  for (const [device, shares] of Map.groupBy(allocations, ({ device }) => device)) {
    const [first] = shares;
    const pageSize = first && hugepageSizeOf(first.resource);
    if (first === undefined || pageSize === undefined) continue;
    const bytes = shares.reduce((sum, { bytes }) => sum + bytes, 0n), wanted = bytes / pageSize;
    const { free, total } = await counts.count(first.numaNode, pageSize);
    const promised = free < wanted ? 0n : await untouchedBytes(device, pageSize, bytes) / pageSize;
    if (free >= wanted + promised) continue;
    throw new HugepagesTakenError(
      `Cannot prepare claim ${claim.namespace}/${claim.name}: it wants ${wanted} hugepages of ` +
        `${
          formatKubernetesPageSize(pageSize)
        } on NUMA node ${first.numaNode}, where ${free} of ${total} are free` +
        (promised === 0n ? "" : ` and ${promised} of them are promised to other claims`) +
        `: something outside of its claims uses the others (free them, or start the driver with ` +
        `--verify-free-hugepages=false)`,
    );
  }
}
