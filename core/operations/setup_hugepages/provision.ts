import type { NumaNodeId } from "../../values/ids.ts";
import type { PageSize } from "../../values/page_size.ts";
import { OperatorError } from "../../values/operator_error.ts";

/** So many pages of a size, as an operator asks for them. */
export interface PageWish {
  /** Where it was written, for messages: `spec.pages[0] (line 7)`. */
  readonly where: string;
  readonly pageSize: PageSize;
  /** How many there shall be in all, whatever there is now; surplus pages do not count. */
  readonly count: bigint;
  /** Undefined: spread over the nodes that have memory and CPUs. */
  readonly numaNode?: NumaNodeId;
}

/** The hugepages that a node shall have. Pools that nobody asks for stay as they are. */
export interface HugePageProvision {
  readonly name: string;
  readonly pages: readonly PageWish[];
  /** What the kernel shall take when a program asks for hugepages and names no size; only a boot can change it. */
  readonly defaultPageSize?: PageSize;
}

/** A provision that this machine cannot have. Nothing was changed. */
export class ProvisionError extends OperatorError {
  override name = "ProvisionError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}
