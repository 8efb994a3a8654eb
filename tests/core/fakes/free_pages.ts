import type { HugepageCount, HugepageCounts } from "../../../core/ports/hugepage_counts.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import type { NumaNodeId } from "../../../core/values/ids.ts";
import { formatPageSize, type PageSize } from "../../../core/values/page_size.ts";

/** Free hugepages by size and node, as in `2m-0`; of other pools nothing can be read. */
export class FreePages implements HugepageCounts {
  readonly asked: string[] = [];

  constructor(readonly free: Record<string, bigint>, private readonly total = 16n) {}

  count(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepageCount> {
    const pool = `${formatPageSize(pageSize)}-${numaNode}`, free = this.free[pool];
    this.asked.push(pool);
    if (free === undefined) return Promise.reject(new TopologyError(pool, "there is no such pool"));
    return Promise.resolve({ free, total: this.total });
  }
}
