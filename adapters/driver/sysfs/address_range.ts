import { ParseError } from "../../../core/values/parse_error.ts";

/** Physical addresses in bytes, from `start` up to and without `end`; never empty. */
export interface AddressRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** Makes a range. Throws {@link ParseError} for one that ends before it begins. */
export function addressRange(start: bigint, end: bigint): AddressRange {
  if (start < end) return { start, end };
  throw new ParseError(
    `has a range of addresses that begins at 0x${start.toString(16)} and ends before that`,
  );
}

/** Whether each address of all those ranges is in one of some others, which may join and overlap. */
export function areWithin(ranges: readonly AddressRange[], others: readonly AddressRange[]): boolean {
  return coveredBytes([...ranges, ...others]) === coveredBytes(others);
}

/** Whether an address of some ranges is in one of others as well. */
export function overlap(ranges: readonly AddressRange[], others: readonly AddressRange[]): boolean {
  return coveredBytes([...ranges, ...others]) < coveredBytes(ranges) + coveredBytes(others);
}

/** How many addresses are in any of the ranges. */
function coveredBytes(ranges: readonly AddressRange[]): bigint {
  let bytes = 0n, covered = 0n;
  for (
    const { start, end } of ranges.toSorted((a, b) => Number(a.start - b.start))
  ) {
    if (end <= covered) continue;
    bytes += end - (start > covered ? start : covered);
    covered = end;
  }
  return bytes;
}
