import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";

/** The pages of one size on one NUMA node at this moment. */
export interface HugepageCount {
  readonly free: bigint;
  readonly total: bigint;
}

/** What the kernel says of hugepages right now. */
export interface HugepageCounts {
  /** Counts the pages of a size on a node. Throws `TopologyError`. */
  count(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepageCount>;
}
