import { type Device, deviceName, persistentBytes } from "../../../core/devices/device.ts";
import { hugepagesResource, memoryResource } from "../../../core/values/resource_name.ts";
import type { HugepagePool, NumaNode, Topology } from "../../../core/topology/topology.ts";

/** What there is to draw. */
export interface Machine {
  readonly topology: Topology;
  readonly devices: readonly Device[];
  /** What prepared claims hold of a device, by its name; undefined when it cannot be told. */
  readonly claimedBytes: (device: string) => bigint | undefined;
  /** Which machine it is and when it was looked at; left out where that is not known. */
  readonly caption?: string;
}

/** What a node's memory consists of, in bytes. */
export interface MemoryParts {
  readonly total: bigint;
  /** Its hugepage pools, which claims of memory cannot get. */
  readonly pools: bigint;
  /** What claims can get. */
  readonly allocatable: bigint;
  /** Undefined when it cannot be told. */
  readonly claimed: bigint | undefined;
  /** What is kept from claims. */
  readonly reserved: bigint;
}

/** The parts of a node's memory; undefined when its size could not be read. */
export function memoryParts({ devices, claimedBytes }: Machine, node: NumaNode): MemoryParts | undefined {
  const { memoryBytes: total } = node;
  if (total === undefined) return undefined;
  const name = deviceName(memoryResource, node.id);
  const allocatable = devices.find((device) => device.name === name)?.capacityBytes ?? 0n;
  const pools = node.hugepages.reduce((sum, pool) => sum + persistentBytes(pool), 0n);
  const left = total - pools - allocatable;
  return { total, pools, allocatable, claimed: claimedBytes(name), reserved: left > 0n ? left : 0n };
}

/** What prepared claims hold of a pool, in bytes; undefined when it cannot be told. */
export function claimedOfPool(
  { claimedBytes }: Machine,
  node: NumaNode,
  { pageSize }: HugepagePool,
): bigint | undefined {
  return claimedBytes(deviceName(hugepagesResource(pageSize), node.id));
}

/** The largest of some amounts, to which bars are drawn to scale. */
export function largest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((largest, bytes) => bytes > largest ? bytes : largest, 0n);
}
