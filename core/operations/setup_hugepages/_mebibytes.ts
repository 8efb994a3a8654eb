import { formatQuantity } from "../../values/quantity.ts";

/** An amount of memory for a message, without what is less than 1Mi: `15921Mi`. */
export function inMebibytes(bytes: bigint): string {
  return formatQuantity(bytes >> 20n << 20n);
}
