import { Buffer } from "node:buffer";

/** The bytes of hexadecimal digits; spaces and line breaks structure the text. */
export function bytes(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ""), "hex"));
}

/** The hexadecimal digits of some bytes, for comparisons whose differences can be read. */
export function hex(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("hex");
}

/** So many bytes that differ from their neighbors and at every offset of a frame. */
export function pattern(count: number): Uint8Array {
  const made = new Uint8Array(count);
  for (let index = 0; index < count; index++) made[index] = index * 7 + (index >> 8);
  return made;
}

/** Whether two byte sequences are the same; for long ones, whose differences nobody reads. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left.buffer, left.byteOffset, left.length).equals(right);
}

/** Cuts `whole` into pieces of the lengths given, the last one as long as it must be. */
export function cut(whole: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const length of lengths) {
    pieces.push(whole.slice(offset, offset + length));
    offset += length;
  }
  return [...pieces, whole.slice(offset)].filter((piece) => piece.length > 0);
}

/** Resolves when everything that can go on without anything from outside has done so. */
export async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
