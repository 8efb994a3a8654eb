import type { Device } from "../../core/devices/device.ts";
import { memoryResource } from "../../core/values/resource_name.ts";

/**
 * The device whose claim tells most: hugepages of at most 2 MiB where there are some, of which a claim can have several.
 * Only memory beside CPUs is in a shipped DeviceClass. Undefined where there is none.
 */
export function deviceToShow(devices: readonly Device[]): Device | undefined {
  const shipped = devices.filter(({ kind }) => kind === "dram");
  return shipped.findLast(({ pageSize, resource }) => resource !== memoryResource && pageSize <= 1n << 21n) ??
    shipped.at(-1);
}
