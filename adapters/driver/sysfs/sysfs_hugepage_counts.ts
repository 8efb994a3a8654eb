import type { NumaNodeId } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import type { HugepageCount, HugepageCounts } from "../../../core/ports/hugepage_counts.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import { readPool } from "./hugepage_pools.ts";
import { isMissing, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import type { TopologyRoots } from "./topology_roots.ts";

/** Reads single hugepage pools from sysfs, anew each time. Needs Deno's `--allow-all`. */
export class SysfsHugepageCounts implements HugepageCounts {
  readonly #sysfsRoot: string;

  constructor({ sysfsRoot }: TopologyRoots) {
    this.#sysfsRoot = sysfsRoot;
  }

  async count(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepageCount> {
    const root = this.#sysfsRoot;
    let pool = await readPool(`${root}/devices/system/node/node${numaNode}/hugepages`, pageSize);
    // A kernel without NUMA has its one node's pools here alone.
    if (pool instanceof UnreadableFileError && isMissing(pool) && numaNode === 0) {
      pool = await readPool(`${root}/kernel/mm/hugepages`, pageSize);
    }
    if (pool instanceof UnreadableFileError) throw new TopologyError(pool.path, pool.reason, { cause: pool });
    return pool;
  }
}
