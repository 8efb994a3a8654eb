import { formatKubernetesPageSize } from "../values/page_size.ts";
import type { HugepageCounts } from "../ports/hugepage_counts.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import type { Allocation, ClaimReference } from "./claim.ts";

/** The kernel has fewer free hugepages than a claim needs. */
export class HugepagesTakenError extends Error {
  override name = "HugepagesTakenError";
}

/**
 * Asks the kernel for the free pages behind a claim's hugepages, since something outside of Kubernetes can have
 * taken what the node published. Throws {@link HugepagesTakenError} for the first device that lacks them, and
 * `TopologyError` when the kernel cannot be asked.
 */
export async function checkFreeHugepages(
  claim: ClaimReference,
  allocations: readonly Allocation[],
  counts: HugepageCounts,
): Promise<void> {
  for (const [, shares] of Map.groupBy(allocations, ({ device }) => device)) {
    const [first] = shares;
    const pageSize = first && hugepageSizeOf(first.resource);
    if (first === undefined || pageSize === undefined) continue;
    const wanted = shares.reduce((sum, { bytes }) => sum + bytes, 0n) / pageSize;
    const { free, total } = await counts.count(first.numaNode, pageSize);
    if (free >= wanted) continue;
    throw new HugepagesTakenError(
      `Cannot prepare claim ${claim.namespace}/${claim.name}: it wants ${wanted} hugepages of ` +
        `${
          formatKubernetesPageSize(pageSize)
        } on NUMA node ${first.numaNode}, where ${free} of ${total} are free: something ` +
        `outside of its claims uses the others (free them, or start the driver with --verify-free-hugepages=false)`,
    );
  }
}
