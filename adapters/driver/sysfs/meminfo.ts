import type { NumaNodeId } from "../../../core/values/ids.ts";
import { ContentError } from "../../shared/kernel_files/content.ts";

/**
 * Reads MemTotal, in bytes: of `/proc/meminfo` (`MemTotal:  24684084 kB`), or of a node's own `meminfo`
 * (`Node 0 MemTotal:  24684084 kB`). The kernel's kB are 1024 bytes. Throws {@link ContentError}.
 */
export function parseMemTotal(text: string, node?: NumaNodeId): bigint {
  const key = node === undefined ? "MemTotal" : `Node ${node} MemTotal`;
  const [, kibibytes] = new RegExp(`^${key}: *(\\d{1,15}) kB$`, "m").exec(text) ?? [];
  if (kibibytes === undefined) throw new ContentError(`has no line "${key}: <number> kB"`);
  return BigInt(kibibytes) << 10n;
}
