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
