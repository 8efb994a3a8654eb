import type { NumaNodeId } from "../../../core/values/ids.ts";
import { meminfoAmount } from "../../shared/kernel_files/meminfo_amount.ts";

/**
 * Reads MemTotal, in bytes: of `/proc/meminfo` (`MemTotal:  24684084 kB`), or of a node's own `meminfo`
 * (`Node 0 MemTotal:  24684084 kB`). Throws {@link ParseError}.
 */
export function parseMemTotal(text: string, node?: NumaNodeId): bigint {
  return meminfoAmount(node === undefined ? "MemTotal" : `Node ${node} MemTotal`)(text);
}
