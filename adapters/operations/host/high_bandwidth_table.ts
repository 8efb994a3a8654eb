import { memoryDevices } from "../../driver/sysfs/smbios_memory.ts";
import { parseSmbiosStructures } from "../../driver/sysfs/smbios_structures.ts";

/** The structures that tell which memory is high-bandwidth memory: devices, and what addresses arrays and devices have. */
const wanted: readonly number[] = [17, 19, 20];

/** The end of a structure without strings, and the structure that ends the table. */
const noStrings = [0, 0], endOfTable = [127, 4, 0xff, 0xfe, ...noStrings];

/**
 * What of an SMBIOS table the topology needs, as a table: without strings, among which are the serial numbers of machine
 * and modules. Undefined where there is no high-bandwidth memory. Throws {@link ParseError}.
 */
export function highBandwidthTable(table: Uint8Array): Uint8Array | undefined {
  const structures = parseSmbiosStructures(table);
  if (!memoryDevices(structures).some(({ isHighBandwidth }) => isHighBandwidth)) return undefined;
  const kept = structures.filter(({ type }) => wanted.includes(type)).flatMap(({ fields }) => [
    ...new Uint8Array(fields.buffer, fields.byteOffset, fields.byteLength),
    ...noStrings,
  ]);
  return Uint8Array.from([...kept, ...endOfTable]);
}
