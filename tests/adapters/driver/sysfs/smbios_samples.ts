/** A field of a structure: where it is, its bits, and what it holds. */
export type Field = readonly [offset: number, bits: 8 | 16 | 32 | 64, value: bigint | number];

/** Two structures that firmware has beside memory, with and without strings, of which one holds an empty-looking text. */
export const beside: readonly Uint8Array[] = [
  structure({ type: 1, handle: 1, length: 0x1b, fields: [[8, 64, 0], [16, 64, 0]], strings: ["Maker", "0"] }),
  structure({ type: 32, handle: 2, length: 11, fields: [] }),
];

const hbm2 = 0x21, ddr5 = 0x22;

/** A memory device; its type is HBM2, its size is not zero, and its array is 0x10, unless told otherwise. */
export function device(
  { handle, array = 0x10, type = hbm2, mebibytes = 1024, length = 0x28 }: {
    readonly handle: number;
    readonly array?: number;
    readonly type?: number;
    readonly mebibytes?: number;
    readonly length?: number;
  },
): Uint8Array {
  const fields: Field[] = [[0x04, 16, array], [0x0c, 16, mebibytes], [0x10, 8, 1], [0x12, 8, type]];
  return structure({ type: 17, handle, length, fields, strings: ["DIMM A", "serial 1234"] });
}

/** A memory device of another type. */
export function otherDevice(handle: number, array = 0x10): Uint8Array {
  return device({ handle, array, type: ddr5 });
}

/** What an array is mapped to, in KiB, the last one included. */
export function arrayRange(first: number, last: number, array = 0x10): Uint8Array {
  return structure({ type: 19, handle: 0x30, length: 0x1f, fields: addresses(first, last, array) });
}

/** What a device is mapped to, in KiB, the last one included. */
export function deviceRange(first: number, last: number, device: number): Uint8Array {
  return structure({ type: 20, handle: 0x40, length: 0x23, fields: addresses(first, last, device) });
}

/** The fields that both kinds of ranges have at the same places. */
export function addresses(first: number, last: number, to: number): Field[] {
  return [[0x04, 32, first], [0x08, 32, last], [0x0c, 16, to]];
}

/** A structure of any kind. Fields beyond its length are left out. */
export function structure(
  { type, handle, length, fields, strings = [] }: {
    readonly type: number;
    readonly handle: number;
    readonly length: number;
    readonly fields: readonly Field[];
    readonly strings?: readonly string[];
  },
): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  const all: readonly Field[] = [[0, 8, type], [1, 8, length], [2, 16, handle], ...fields];
  for (const [offset, bits, value] of all) {
    if (offset + bits / 8 > length) continue;
    if (bits === 8) view.setUint8(offset, Number(value));
    else if (bits === 16) view.setUint16(offset, Number(value), true);
    else if (bits === 32) view.setUint32(offset, Number(value), true);
    else view.setBigUint64(offset, BigInt(value), true);
  }
  const texts = strings.map((text) => `${text}\0`).join("") + (strings.length === 0 ? "\0\0" : "\0");
  return joined([new Uint8Array(view.buffer), new TextEncoder().encode(texts)]);
}

/** A whole table: those structures, and the one that ends it. */
export function tableOf(...structures: readonly Uint8Array[]): Uint8Array {
  return joined([...structures, structure({ type: 127, handle: 0xff, length: 4, fields: [] })]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
