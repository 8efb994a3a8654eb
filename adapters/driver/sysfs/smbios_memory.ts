import { ParseError } from "../../../core/values/parse_error.ts";
import { type AddressRange, addressRange } from "./address_range.ts";
import { type SmbiosHandle, smbiosHandle, type SmbiosStructure } from "./smbios_structures.ts";

/** A module or stack of memory (DSP0134, "Memory Device (Type 17)"). */
export interface MemoryDevice {
  readonly handle: SmbiosHandle;
  /** The array that it belongs to. */
  readonly array: SmbiosHandle;
  /** Whether its type is high-bandwidth memory. */
  readonly isHighBandwidth: boolean;
}

/** Physical addresses, and the device or array that they lead to. */
export interface MappedRange {
  readonly range: AddressRange;
  readonly to: SmbiosHandle;
}

/** HBM, HBM2 and HBM3 among the types of memory devices. */
const highBandwidthTypes: readonly number[] = [0x20, 0x21, 0x24];

/** The devices that are there: a size of zero is an empty socket. Throws {@link ParseError}. */
export function memoryDevices(structures: readonly SmbiosStructure[]): MemoryDevice[] {
  const devices = structures.filter(({ type }) => type === 17).map((structure) => {
    requireLength(structure, 0x15);
    const { handle, fields } = structure;
    return {
      handle,
      array: smbiosHandle(fields, 0x04),
      isPresent: fields.getUint16(0x0c, true) !== 0,
      isHighBandwidth: highBandwidthTypes.includes(fields.getUint8(0x12)),
    };
  });
  if (new Set(devices.map(({ handle }) => handle)).size < devices.length) {
    throw new ParseError("has several memory devices of one handle");
  }
  return devices.filter(({ isPresent }) => isPresent);
}

/** The ranges of arrays ("Memory Array Mapped Address (Type 19)"). Throws {@link ParseError}. */
export function arrayRanges(structures: readonly SmbiosStructure[]): MappedRange[] {
  return mappedRanges(structures, 19, 0x0f);
}

/** The ranges of devices ("Memory Device Mapped Address (Type 20)"). Throws {@link ParseError}. */
export function deviceRanges(structures: readonly SmbiosStructure[]): MappedRange[] {
  return mappedRanges(structures, 20, 0x13);
}

/** What 32-bit fields hold where the addresses are in those of 64 bits. */
const seeExtended = 0xffff_ffff;

/** Both types begin alike. Each had `extended` bytes at first, and has its 64-bit fields behind those. */
function mappedRanges(
  structures: readonly SmbiosStructure[],
  wanted: number,
  extended: number,
): MappedRange[] {
  return structures.filter(({ type }) => type === wanted).map((structure) => {
    requireLength(structure, extended);
    return { range: rangeOf(structure, extended), to: smbiosHandle(structure.fields, 0x0c) };
  });
}

/**
 * The range of both types: the first and the last KiB, or where the first says so the first and the last byte in fields that
 * SMBIOS 2.7 added. Some firmware leaves the last KiB as it was then, so that the first one decides.
 */
function rangeOf(structure: SmbiosStructure, extended: number): AddressRange {
  const { fields } = structure;
  const first = fields.getUint32(0x04, true), last = fields.getUint32(0x08, true);
  const hasExtended = fields.byteLength >= extended + 16;
  if (first !== seeExtended) {
    if (last === seeExtended && hasExtended) {
      throw new ParseError(`${named(structure)} does not tell its end`);
    }
    return addressRange(BigInt(first) << 10n, BigInt(last) + 1n << 10n);
  }
  if (!hasExtended) throw new ParseError(`${named(structure)} does not tell its addresses`);
  return addressRange(
    fields.getBigUint64(extended, true),
    fields.getBigUint64(extended + 8, true) + 1n,
  );
}

function requireLength(structure: SmbiosStructure, least: number): void {
  const { byteLength } = structure.fields;
  if (byteLength >= least) return;
  throw new ParseError(`${named(structure)} has ${byteLength} bytes, fewer than the ${least} of any`);
}

/** A structure for messages, its handle as dmidecode prints it. */
function named({ type, handle }: SmbiosStructure): string {
  return `the structure 0x${handle.toString(16).toUpperCase().padStart(4, "0")} of type ${type}`;
}
