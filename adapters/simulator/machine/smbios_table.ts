/** An array of memory devices that are alike, as firmware describes it. */
export interface MemoryArray {
  readonly deviceType: "ddr5" | "hbm2";
  readonly devices: number;
  /** Its physical addresses, in whole KiB. */
  readonly startBytes: bigint;
  readonly bytes: bigint;
}

/** The numbers of DSP0134 for the types of memory devices. */
const deviceTypes = { ddr5: 0x22, hbm2: 0x21 } as const;

/** Begins each kind of structure's handles. */
const handles = { array: 0x1000, device: 0x1100, mapped: 0x1300, end: 0x7f00 } as const;

/** What 32-bit fields hold where the addresses are in those of 64 bits. */
const seeExtended = 0xffff_ffffn;

/** The SMBIOS table of a machine with that memory, and nothing else (DMTF DSP0134). */
export function smbiosTable(arrays: readonly MemoryArray[]): Uint8Array {
  const parts = [...memoryStructures(arrays), structure(127, handles.end, 4, () => {})];
  const table = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    table.set(part, end);
    end += part.length;
  }
  return table;
}

/** Its structures, each with its strings: for each array (type 16) its devices (17) and its addresses (19). */
export function memoryStructures(arrays: readonly MemoryArray[]): Uint8Array[] {
  let devices = 0;
  return arrays.flatMap((array, index) => [
    physicalArray(array, index),
    ...Array.from({ length: array.devices }, () => memoryDevice(array, index, devices++)),
    mappedAddress(array, index),
  ]);
}

function physicalArray({ devices, bytes }: MemoryArray, index: number): Uint8Array {
  return structure(16, handles.array + index, 0x17, (fields) => {
    fields.setUint8(0x04, 3); // on the system board
    fields.setUint8(0x05, 3); // used as system memory
    fields.setUint8(0x06, 5); // single-bit errors are corrected
    fields.setUint32(0x07, 0x8000_0000, true); // see the extended field
    fields.setUint16(0x0b, 0xfffe, true); // says nothing of errors
    fields.setUint16(0x0d, devices, true);
    fields.setBigUint64(0x0f, bytes, true);
  });
}

function memoryDevice(
  { deviceType, devices, bytes }: MemoryArray,
  array: number,
  index: number,
): Uint8Array {
  const mebibytes = Number((bytes >> 20n) / BigInt(devices)), needsExtended = mebibytes >= 0x7fff;
  return structure(17, handles.device + index, 0x28, (fields) => {
    fields.setUint16(0x04, handles.array + array, true);
    fields.setUint16(0x06, 0xfffe, true); // says nothing of errors
    fields.setUint16(0x08, 64, true);
    fields.setUint16(0x0a, 64, true);
    fields.setUint16(0x0c, needsExtended ? 0x7fff : mebibytes, true);
    fields.setUint8(0x0e, deviceType === "hbm2" ? 0x10 : 0x09); // a die, a DIMM
    fields.setUint8(0x10, 1);
    fields.setUint8(0x12, deviceTypes[deviceType]);
    fields.setUint32(0x1c, needsExtended ? mebibytes : 0, true);
  }, `${deviceType === "hbm2" ? "HBM" : "DIMM"} ${index}`);
}

function mappedAddress({ devices, startBytes, bytes }: MemoryArray, index: number): Uint8Array {
  const endBytes = startBytes + bytes, last = (endBytes >> 10n) - 1n, needsExtended = last >= seeExtended;
  return structure(19, handles.mapped + index, 0x1f, (fields) => {
    fields.setUint32(0x04, Number(needsExtended ? seeExtended : startBytes >> 10n), true);
    fields.setUint32(0x08, Number(needsExtended ? seeExtended : last), true);
    fields.setUint16(0x0c, handles.array + index, true);
    fields.setUint8(0x0e, devices);
    if (!needsExtended) return;
    fields.setBigUint64(0x0f, startBytes, true);
    fields.setBigUint64(0x17, endBytes - 1n, true);
  });
}

/** A formatted area of a length, and the set of strings behind it. */
function structure(
  type: number,
  handle: number,
  length: number,
  fill: (fields: DataView) => void,
  text = "",
): Uint8Array {
  const bytes = new Uint8Array(length + text.length + 2), fields = new DataView(bytes.buffer);
  fields.setUint8(0, type);
  fields.setUint8(1, length);
  fields.setUint16(2, handle, true);
  fill(fields);
  bytes.set(new TextEncoder().encode(text), length);
  return bytes;
}
