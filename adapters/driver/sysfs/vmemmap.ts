import type { NumaNodeId } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import type { NumaNode } from "../../../core/topology/topology.ts";
import { parseCount } from "../../shared/kernel_files/content.ts";
import { attempt, readText } from "../../shared/kernel_files/read_file.ts";

/** `struct page`, of which the kernel has one for each base page. */
const bytesPerBasePage = 64n;

/**
 * What making hugepages has added to a node's MemTotal.
 *
 * With `vm.hugetlb_optimize_vmemmap` (before 6.1 `hugetlb_free_vmemmap`, on the command line alone) the kernel gives
 * back most of its map of each hugepage and counts it as memory of the node from then on: 32 KiB for a page of 2 MiB,
 * 16 MiB for one of 1 GiB (Documentation/mm/vmemmap_dedup.rst). When the page goes, the map is taken from that memory
 * again and MemTotal stays as it is: so the most pages count that were ever seen.
 */
export class SavedVmemmap {
  readonly #procfsRoot: string;
  readonly #most = new Map<string, bigint>();

  constructor(procfsRoot: string) {
    this.#procfsRoot = procfsRoot;
  }

  /** The nodes, each with what was added. */
  async applied(nodes: readonly NumaNode[], basePage: PageSize): Promise<NumaNode[]> {
    const optimizes = await attempt(
      readText(`${this.#procfsRoot}/sys/vm/hugetlb_optimize_vmemmap`, parseCount),
    );
    if (typeof optimizes !== "bigint" || optimizes === 0n) return [...nodes];
    return nodes.map((node) => ({
      ...node,
      vmemmapBytes: node.hugepages.reduce(
        (sum, { pageSize, total }) =>
          sum + this.#mostPages(node.id, pageSize, total) * (pageSize / basePage) * bytesPerBasePage,
        0n,
      ),
    }));
  }

  #mostPages(node: NumaNodeId, pageSize: PageSize, pages: bigint): bigint {
    const key = `${node}/${pageSize}`, before = this.#most.get(key) ?? 0n;
    const most = pages > before ? pages : before;
    this.#most.set(key, most);
    return most;
  }
}
