import { driverName } from "../values/driver.ts";
import type { ResourceName } from "../values/resource_name.ts";
import type { Device } from "./device.ts";
import {
  type DeviceTaint,
  maxDevicesPerSlice,
  maxLongDevicesPerSlice,
  type ResourceSliceSpec,
  type SliceDevice,
} from "./resource_slice.ts";
import { nodeAllocatableResources, type NumaNodeForm, sliceDevice } from "./slice_device.ts";

/** The devices of one resource of a node, which the scheduler sees as a unit. */
export interface Pool {
  readonly name: string;
  readonly devices: readonly SliceDevice[];
}

/** The name of a resource's pool on a node. A slash keeps the node's name apart, whatever that contains. */
export function poolName(nodeName: string, resource: ResourceName): string {
  return `${nodeName}/${resource}`;
}

/** What is said of devices beside what they are. */
export interface PoolContents {
  /** The driver's own taints, by device. */
  readonly taints?: ReadonlyMap<string, DeviceTaint>;
  /** Whether the node's allocatable resources are named that the devices are made of. */
  readonly nodeAllocatable?: boolean;
  readonly numaNodeForm?: NumaNodeForm;
}

/** What the names of all pools of a node begin with. */
export function nodePrefix(pool: string): string {
  return pool.slice(0, pool.lastIndexOf("/") + 1);
}

/** Groups devices into one pool for each resource, in the order of the devices. */
export function poolsOf(nodeName: string, devices: readonly Device[], contents: PoolContents = {}): Pool[] {
  const { taints, nodeAllocatable = false, numaNodeForm } = contents;
  const pools = Map.groupBy(devices, ({ resource }) => resource);
  return [...pools].map(([resource, members]) => ({
    name: poolName(nodeName, resource),
    devices: members.map((device) => {
      const taint = taints?.get(device.name);
      return {
        ...sliceDevice(device, numaNodeForm),
        ...(nodeAllocatable ? { nodeAllocatableResources: nodeAllocatableResources(device) } : {}),
        ...(taint === undefined ? {} : { taints: [taint] }),
      };
    }),
  }));
}

/** The slices that publish a pool at a generation: as many devices in each as the API takes. */
export function slicesOf(nodeName: string, pool: Pool, generation: number): ResourceSliceSpec[] {
  const isLong = ({ taints, attributes }: SliceDevice) =>
    taints !== undefined || Object.values(attributes).some((value) => "ints" in value);
  const most = pool.devices.some(isLong) ? maxLongDevicesPerSlice : maxDevicesPerSlice;
  const resourceSliceCount = Math.ceil(pool.devices.length / most);
  return Array.from({ length: resourceSliceCount }, (_, index) => ({
    driver: driverName,
    nodeName,
    pool: { name: pool.name, generation, resourceSliceCount },
    devices: pool.devices.slice(index * most, (index + 1) * most),
  }));
}
