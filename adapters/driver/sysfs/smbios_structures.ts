import type { Brand } from "../../../core/values/brand.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** A structure's own number, by which others refer to it. */
export type SmbiosHandle = Brand<number, "SmbiosHandle">;

/** One structure of the table in which firmware describes the machine, without its strings. */
export interface SmbiosStructure {
  readonly type: number;
  readonly handle: SmbiosHandle;
  /** The formatted area from the header on, so that each field is at the offset that the specification gives. */
  readonly fields: DataView;
}

/** Type, length and handle. */
const headerBytes = 4;
/** The type of the last structure. */
const endOfTable = 127;

/**
 * Splits the SMBIOS table into its structures (DMTF DSP0134, "Structure standards"): each is a formatted area, whose second
 * byte is its length, and a set of strings that ends with two NUL bytes, both also where it has no string. What is behind
 * the end-of-table structure is no part of the table. One that lacks it is refused as cut off: it was optional before
 * SMBIOS 3.0, and no such firmware knows high-bandwidth memory (3.2). Throws {@link ParseError}.
 */
export function parseSmbiosStructures(table: Uint8Array): SmbiosStructure[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const structures: SmbiosStructure[] = [];
  for (let start = 0; start + headerBytes <= table.length;) {
    const type = view.getUint8(start), length = view.getUint8(start + 1);
    if (length < headerBytes) {
      throw new ParseError(`has a structure of ${length} bytes at byte ${start}, shorter than any`);
    }
    if (type === endOfTable) return structures;
    const end = endOfStrings(table, start + length);
    if (end === undefined) throw new ParseError(`ends within the structure at byte ${start}`);
    const fields = new DataView(table.buffer, table.byteOffset + start, length);
    structures.push({ type, handle: smbiosHandle(fields, 2), fields });
    start = end;
  }
  throw new ParseError(`ends at byte ${table.length} without the structure that ends a table`);
}

/** The handle in a field of a structure. */
export function smbiosHandle(fields: DataView, offset: number): SmbiosHandle {
  return fields.getUint16(offset, true) as SmbiosHandle;
}

/** Where the next structure begins; undefined where the table ends first. */
function endOfStrings(table: Uint8Array, start: number): number | undefined {
  for (let at = start; at < table.length; at++) {
    if (table[at] === 0 && table[at + 1] === 0) return at + 2;
  }
  return undefined;
}
