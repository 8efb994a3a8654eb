import type { NumaNodeId } from "../../../core/values/ids.ts";
import {
  formatKernelDirectory,
  formatKubernetesPageSize,
  type PageSize,
} from "../../../core/values/page_size.ts";
import { HugepagePoolError, type HugepagePools } from "../../../core/operations/ports/hugepage_pools.ts";
import type { HugepagePool } from "../../../core/topology/topology.ts";
import { allowedNodes } from "../../driver/sysfs/allowed_nodes.ts";
import { readPool } from "../../driver/sysfs/hugepage_pools.ts";
import { meminfoAmount } from "../../shared/kernel_files/meminfo_amount.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import type { TopologyRoots } from "../../driver/sysfs/topology_roots.ts";
import { UnwritableFileError, writeValue } from "../../shared/kernel_files/write_file.ts";

/**
 * Changes hugepage pools through sysfs (Documentation/admin-guide/mm/hugetlbpage.rst), or in a copy of it. Needs
 * Deno's `--allow-all`, and on a real machine root.
 */
export class SysfsHugepagePools implements HugepagePools {
  readonly #roots: TopologyRoots;

  constructor(roots: TopologyRoots) {
    this.#roots = roots;
  }

  async read(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepagePool> {
    const pool = await readPool(await this.#directory(numaNode), pageSize);
    if (!(pool instanceof UnreadableFileError)) return pool;
    const which = `pages of ${formatKubernetesPageSize(pageSize)} on NUMA node ${numaNode}`;
    throw new HugepagePoolError(`Cannot count the ${which}: ${pool.path}: ${pool.reason}`, { cause: pool });
  }

  /**
   * A node's own file takes that node's pages without the surplus ones, whatever the memory policy of this process
   * (`__nr_hugepages_store_common` of mm/hugetlb.c). The kernel looks for the memory during the write.
   */
  async resize(numaNode: NumaNodeId, pageSize: PageSize, count: bigint): Promise<void> {
    const path = `${await this.#directory(numaNode)}/${formatKernelDirectory(pageSize)}/nr_hugepages`;
    const what = `set the pages of ${
      formatKubernetesPageSize(pageSize)
    } on NUMA node ${numaNode} to ${count}`;
    await failing(what, writeValue(path, `${count}\n`));
  }

  /** Node by node, or all of the memory where the kernel knows no nodes (Documentation/admin-guide/sysctl/vm.rst). */
  async compact(numaNode: NumaNodeId): Promise<boolean> {
    const { sysfsRoot, procfsRoot } = this.#roots;
    const paths = [
      `${sysfsRoot}/devices/system/node/node${numaNode}/compact`,
      `${procfsRoot}/sys/vm/compact_memory`,
    ];
    for (const path of paths) {
      try {
        await writeValue(path, "1");
        return true;
      } catch (error) {
        if (!(error instanceof UnwritableFileError)) throw error;
        // Whatever keeps the kernel from it, the pages that came are there, and that they are too few is told.
      }
    }
    return false;
  }

  async freeBytes(numaNode: NumaNodeId): Promise<bigint | undefined> {
    const { sysfsRoot, procfsRoot } = this.#roots;
    const node = `${sysfsRoot}/devices/system/node/node${numaNode}/meminfo`;
    const free = await this.#knowsNodes()
      ? readText(node, meminfoAmount(`Node ${numaNode} MemFree`))
      : readText(`${procfsRoot}/meminfo`, meminfoAmount("MemFree"));
    return known(await attempt(free));
  }

  async mayUse(numaNode: NumaNodeId): Promise<boolean> {
    return known(await attempt(allowedNodes(this.#roots.procfsRoot)))?.includes(numaNode) ?? true;
  }

  /** Where a node's pools are. A kernel without NUMA has those of its one node elsewhere. */
  async #directory(numaNode: NumaNodeId): Promise<string> {
    const { sysfsRoot } = this.#roots;
    return await this.#knowsNodes()
      ? `${sysfsRoot}/devices/system/node/node${numaNode}/hugepages`
      : `${sysfsRoot}/kernel/mm/hugepages`;
  }

  async #knowsNodes(): Promise<boolean> {
    const names = await attempt(listDirectory(`${this.#roots.sysfsRoot}/devices/system/node`));
    return !(names instanceof UnreadableFileError && isMissing(names));
  }
}

function known<T>(result: T | UnreadableFileError): T | undefined {
  return result instanceof UnreadableFileError ? undefined : result;
}

async function failing(what: string, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    if (!(cause instanceof UnwritableFileError)) throw cause;
    const { path, reason, code } = cause;
    const remedy = remedyFor(code);
    throw new HugepagePoolError(`Cannot ${what}: ${path}: ${reason}${remedy && ` (${remedy})`}`, { cause });
  }
}

function remedyFor(code: string): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      // What the profiles of the runtimes forbid to everybody.
      return Deno.uid() === 0 ? "in a container, AppArmor's profile must be Unconfined" : "run it as root";
    case "EROFS":
      return "in a container, mount the host's /sys/devices/system/node writable";
    case "EINVAL":
      // Pages beyond what the buddy allocator has, in a kernel without CONFIG_CONTIG_ALLOC.
      return "this kernel gives pages of that size only at boot, see --persist kernel";
    default:
      return "";
  }
}
