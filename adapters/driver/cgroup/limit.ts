import type { HugetlbLimit } from "../../../core/ports/pod_cgroup.ts";
import { quoted } from "../../../core/values/quoted.ts";

/**
 * The kernel says `max` only for the largest limit rounded to whole hugepages, but gives a new cgroup the same
 * unrounded, which then reads as 9223372036854771712 (seen with 6.18; mm/hugetlb_cgroup.c). No machine has as much.
 */
const unlimitedBytes = 1n << 62n;

/** Reads a limit as cgroup files have it: bytes, or `max`. Throws a SyntaxError for anything else. */
export function parseLimit(text: string): HugetlbLimit {
  const trimmed = text.trim();
  if (trimmed === "max") return trimmed;
  const bytes = parseByteCount(trimmed);
  return bytes >= unlimitedBytes ? "max" : bytes;
}

/** Reads a number of bytes. Throws a SyntaxError for anything else. */
export function parseByteCount(text: string): bigint {
  const [digits] = /^\d{1,20}$/.exec(text.trim()) ?? [];
  if (digits === undefined) {
    throw new SyntaxError(`Cannot read as bytes: ${quoted(text)}`);
  }
  return BigInt(digits);
}
