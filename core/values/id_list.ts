import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";
/** More than any kernel has of CPUs or NUMA nodes, so that a damaged file cannot ask for gigabytes. */
const maxId = 65535;

/**
 * Reads the kernel's list format (`0-3,8,10-11`; `%*pbl` of Documentation/core-api/printk-formats.rst) as
 * numbers in ascending order, the order in which the kernel writes them. The empty list is the empty text.
 * Throws {@link ParseError}.
 */
export function parseIdList(text: string): number[] {
  const trimmed = text.trim();
  const ids: number[] = [];
  for (const range of trimmed === "" ? [] : trimmed.split(",")) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    const from = Number(first), to = Number(last);
    // Ascending ranges also bound the work: a damaged file cannot name one range again and again.
    if (first === undefined || from > to || to > maxId || from <= (ids.at(-1) ?? -1)) {
      throw new ParseError(`Cannot parse id list: ${quoted(trimmed)} (at ${quoted(range)})`);
    }
    for (let id = from; id <= to; id++) ids.push(id);
  }
  return ids;
}

/** Prints numbers in the kernel's list format, in ascending order and without repetitions: `0-1,33`. */
export function formatIdList(ids: Iterable<number>): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const id of sorted) {
    const range = ranges.at(-1);
    if (range?.[1] === id - 1) range[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(",");
}
