import { driverName } from "../values/driver.ts";
import type { ResourceName } from "../values/resource_name.ts";
import type { Device } from "./device.ts";
import { maxDevicesPerSlice, type ResourceSliceSpec, type SliceDevice } from "./resource_slice.ts";
import { sliceDevice } from "./slice_device.ts";

/** The devices of one resource of a node, which the scheduler sees as a unit. */
export interface Pool {
  readonly name: string;
  readonly devices: readonly SliceDevice[];
}

/** The name of a resource's pool on a node. A slash keeps the node's name apart, whatever that contains. */
export function poolName(nodeName: string, resource: ResourceName): string {
  return `${nodeName}/${resource}`;
}

/** Groups devices into one pool for each resource, in the order of the devices. */
export function poolsOf(nodeName: string, devices: readonly Device[]): Pool[] {
  const pools = new Map<ResourceName, SliceDevice[]>();
  for (const device of devices) {
    const pool = pools.get(device.resource) ?? [];
    pools.set(device.resource, pool);
    pool.push(sliceDevice(device));
  }
  return [...pools].map(([resource, members]) => ({ name: poolName(nodeName, resource), devices: members }));
}

/** The slices that publish a pool at a generation: as many devices in each as the API takes. */
export function slicesOf(nodeName: string, pool: Pool, generation: number): ResourceSliceSpec[] {
  const resourceSliceCount = Math.ceil(pool.devices.length / maxDevicesPerSlice);
  return Array.from({ length: resourceSliceCount }, (_, index) => ({
    driver: driverName,
    nodeName,
    pool: { name: pool.name, generation, resourceSliceCount },
    devices: pool.devices.slice(index * maxDevicesPerSlice, (index + 1) * maxDevicesPerSlice),
  }));
}
