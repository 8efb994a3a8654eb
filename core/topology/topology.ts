import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { ResourceName } from "../values/resource_name.ts";
import type { MemoryOrigin } from "./memory_origin.ts";
import type { MemorySpeed } from "./memory_speed.ts";

/** The hugepages of one size on one NUMA node, in pages. */
export interface HugepagePool {
  readonly pageSize: PageSize;
  /** Every page of the pool, surplus ones included. */
  readonly total: bigint;
  readonly free: bigint;
  /** Pages taken from ordinary memory beyond the pool's set size; they go back there when freed. */
  readonly surplus: bigint;
}

/** One online NUMA node. A node can have CPUs and no memory, or memory and no CPUs (CXL, HBM). */
export interface NumaNode {
  readonly id: NumaNodeId;
  /** CPU numbers in ascending order. */
  readonly cpus: readonly number[];
  /** The kernel's relative distance to each online node, 10 to itself. Not always symmetric. */
  readonly distances: ReadonlyMap<NumaNodeId, number>;
  /** MemTotal of the node in bytes; undefined when it could not be read. */
  readonly memoryBytes: bigint | undefined;
  /** How much of that is there only since hugepages were made (`vm.hugetlb_optimize_vmemmap`): it is not handed out. */
  readonly vmemmapBytes: bigint;
  /**
   * Whether all of its memory is in ZONE_MOVABLE, as memory behind CXL often is. The kernel has none of it for itself: a
   * task that may use no other node cannot write to a pipe, and a page of 1 GiB cannot be made of it.
   */
  readonly movableOnly: boolean;
  /** Pages of its memory that the hardware has corrupted (`memory_failure/total`); absent where there are none. */
  readonly poisonedPages?: bigint;
  /** Its place among the kernel's memory tiers, the fastest is 0; absent where the kernel has none, as Linux 6.1. */
  readonly tier?: number;
  /** What its memory is made of; absent where nothing says so. */
  readonly origin?: MemoryOrigin;
  /** Absent where the firmware does not tell. */
  readonly speed?: MemorySpeed;
  /** The nodes with CPUs that reach its memory best, as the firmware says; absent where it does not. */
  readonly initiators?: readonly NumaNodeId[];
  /** The socket of its CPUs, by the kernel's number; absent without CPUs. */
  readonly socket?: number;
  /** By ascending page size, those that could be read. */
  readonly hugepages: readonly HugepagePool[];
}

/** Something of the node that could not be read, and what is therefore not known. */
export interface UnreadablePart {
  readonly path: string;
  readonly reason: string;
  readonly numaNode?: NumaNodeId;
  /** The resource that must not be published on that node; undefined when none depends on it. */
  readonly resource?: ResourceName;
}

/** The memory of one machine as its kernel tells it. */
export interface Topology {
  /** The size of a base page. */
  readonly pageSize: PageSize;
  /** Every hugepage size that the kernel supports, ascending. */
  readonly hugepageSizes: readonly PageSize[];
  /**
   * Free pages of each size that mappings have reserved and not touched yet. The kernel counts them for the whole
   * machine: which node's they will be shows at the touch. A size that has none is left out.
   */
  readonly reservedHugepages: ReadonlyMap<PageSize, bigint>;
  /** The online nodes by ascending id. */
  readonly nodes: readonly NumaNode[];
  /** Nodes that the kernel could have and that are not online. */
  readonly offlineNodes: readonly NumaNodeId[];
  /** MemTotal of the whole machine in bytes; undefined where only a copy of its nodes' files is there. */
  readonly machineMemoryBytes: bigint | undefined;
  /** What could not be read. Empty on a healthy machine. */
  readonly unreadable: readonly UnreadablePart[];
  /**
   * What a copy of another machine's files lacks and was therefore inferred or left out, each in a line for people.
   * Always empty for the machine itself, of which nothing is guessed.
   */
  readonly assumed: readonly string[];
}
