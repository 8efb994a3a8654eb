import { excerpt } from "../../shared/kernel_files/content.ts";
import { ParseError } from "../../../core/values/parse_error.ts";
import { type AddressRange, addressRange } from "./address_range.ts";

/** Reads `devices/system/memory/block_size_bytes`, a number in hexadecimal. Throws {@link ParseError}. */
export function parseBlockSize(text: string): bigint {
  const bytes = /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : 0n;
  if (bytes > 0n) return bytes;
  throw new ParseError(`expected a size in hexadecimal, found ${excerpt(text)}`);
}

/**
 * The physical addresses of a node's memory, of the names in its directory: `memoryM` is the block that begins at M times
 * the size of a block (Documentation/admin-guide/mm/memory-hotplug.rst, "Memory Block Information"). A block that has parts
 * of several nodes is named in each.
 */
export function memoryBlocks(names: readonly string[], blockSize: bigint): AddressRange[] {
  const numbers = names.flatMap((name) => /^memory(\d{1,16})$/.exec(name)?.slice(1).map(BigInt) ?? []);
  return numbers.map((number) => addressRange(number * blockSize, (number + 1n) * blockSize));
}
