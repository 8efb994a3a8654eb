import type { NumaNodeId } from "../../values/ids.ts";
import type { PageSize } from "../../values/page_size.ts";
import type { HugepagePool } from "../../topology/topology.ts";
import { OperatorError } from "../../values/operator_error.ts";

/** The kernel did not let a pool be read or changed. */
export class HugepagePoolError extends OperatorError {
  override name = "HugepagePoolError";
}

/** The kernel's hugepage pools, to be changed. */
export interface HugepagePools {
  /** The pool as it is now. Throws {@link HugepagePoolError}. */
  read(numaNode: NumaNodeId, pageSize: PageSize): Promise<HugepagePool>;
  /**
   * Asks the kernel for so many pages in all, surplus ones not counted. It gives as many as it can, and that fewer
   * came is no error: read the pool again. Pages in use that are too many become surplus, and go once they are freed.
   * Takes as long as the kernel takes to find the memory. Throws {@link HugepagePoolError}.
   */
  resize(numaNode: NumaNodeId, pageSize: PageSize, count: bigint): Promise<void>;
  /**
   * Asks the kernel to move a node's memory together, so that larger pieces are free. False where it has no such
   * means. Throws {@link HugepagePoolError}.
   */
  compact(numaNode: NumaNodeId): Promise<boolean>;
  /** The memory of a node that nothing uses, in bytes; undefined where it cannot be read. */
  freeBytes(numaNode: NumaNodeId): Promise<bigint | undefined>;
  /**
   * Whether this process may take memory from a node: the kernel looks for pages only where the process that asks for
   * them may (`cpuset.mems` of its cgroup). True where that cannot be read.
   */
  mayUse(numaNode: NumaNodeId): Promise<boolean>;
}
