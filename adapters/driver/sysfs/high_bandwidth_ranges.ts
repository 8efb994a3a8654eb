import { type AddressRange, areWithin, overlap } from "./address_range.ts";
import { arrayRanges, deviceRanges, memoryDevices } from "./smbios_memory.ts";
import { parseSmbiosStructures } from "./smbios_structures.ts";

/** Which physical addresses are high-bandwidth memory, as firmware says. */
export interface HighBandwidthRanges {
  readonly ranges: readonly AddressRange[];
  /** Those that it says are other memory, or of which it does not say what they are. The two can contradict each other. */
  readonly others: readonly AddressRange[];
}

/**
 * Finds high-bandwidth memory in the SMBIOS table: what is mapped to devices of that type, or to arrays that have no other
 * device. Where an array has both, its own range tells nothing, and that of each device does. Ranges are looked at only if
 * there is such a device at all. Throws {@link ParseError}.
 */
export function parseHighBandwidthRanges(table: Uint8Array): HighBandwidthRanges {
  const structures = parseSmbiosStructures(table), devices = memoryDevices(structures);
  const highBandwidth = devices.filter(({ isHighBandwidth }) => isHighBandwidth);
  if (highBandwidth.length === 0) return { ranges: [], others: [] };
  const own = new Set(highBandwidth.map(({ handle }) => handle));
  const withSome = new Set(highBandwidth.map(({ array }) => array));
  const withOthers = new Set(devices.filter(({ handle }) => !own.has(handle)).map(({ array }) => array));
  const ofDevices = Map.groupBy(deviceRanges(structures), ({ to }) => own.has(to) ? "ranges" : "others");
  const ofArrays = Map.groupBy(
    arrayRanges(structures).filter(({ to }) => !withSome.has(to) || !withOthers.has(to)),
    ({ to }) => withSome.has(to) ? "ranges" : "others",
  );
  const both = (name: "ranges" | "others") =>
    [...ofDevices.get(name) ?? [], ...ofArrays.get(name) ?? []].map(({ range }) => range);
  return { ranges: both("ranges"), others: both("others") };
}

/** Whether each address of some memory, and there is some, is high-bandwidth memory without contradiction. */
export function areHighBandwidth(
  memory: readonly AddressRange[],
  { ranges, others }: HighBandwidthRanges,
): boolean {
  return memory.length > 0 && areWithin(memory, ranges) && !overlap(memory, others);
}
