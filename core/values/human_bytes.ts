import { formatQuantity, parseWholeBytes } from "./quantity.ts";

/** Rounded for reading: `4.1Gi`, `512Mi`, `0`. */
export function humanBytes(bytes: number): string {
  const units = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
  let index = 0, value = bytes;
  for (; value >= 1024 && index < units.length - 1; index++) value /= 1024;
  return `${Number(value.toFixed(1))}${units[index]}`;
}

/** As short as it can be without being rounded, and a quantity that can be asked for: `3.5Gi`, `3585Mi`. */
export function shortQuantity(bytes: bigint): string {
  const rounded = humanBytes(Number(bytes));
  return parseWholeBytes(rounded) === bytes ? rounded : formatQuantity(bytes);
}

/** More characters than that are no amount that people read. */
const readable = 7;

/**
 * A short quantity that can be had of so much: the exact one, or where that is long, as of the odd memory of a machine,
 * the next one down, by less than a thousandth.
 */
export function shortAtMost(bytes: bigint): string {
  const exact = shortQuantity(bytes);
  if (exact.length <= readable) return exact;
  const bits = [40n, 30n, 20n, 10n].find((bits) => bytes >> bits >= 1000n) ?? 0n;
  return formatQuantity(bytes >> bits << bits);
}
