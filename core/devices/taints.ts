import { driverName } from "../values/driver.ts";
import type { DeviceProblem } from "./health.ts";
import type { Pool } from "./pool.ts";
import { type DeviceTaint, maxTaintsPerDevice, type SliceDevice } from "./resource_slice.ts";

/** The key of the one taint that the driver sets; its value is the reason. */
const taintKey = `${driverName}/unhealthy`;

/**
 * The taint of a device that is not what its claims were promised. It keeps new pods off; those that hold the device
 * stay, since their memory may well be whole. A device that merely could not be read is not tainted: that passes.
 */
export function taintOf({ reason }: DeviceProblem): DeviceTaint | undefined {
  return reason === "Unreadable" ? undefined : { key: taintKey, value: reason, effect: "NoSchedule" };
}

/**
 * The wanted pool with the taints of its devices as they can stay: what others put on a published device is theirs, and
 * a taint of the driver that is there already keeps the time that the API server gave it.
 */
export function keepTaints(pool: Pool, published: readonly SliceDevice[]): Pool {
  const found = new Map(published.map(({ name, taints = [] }) => [name, taints]));
  return { ...pool, devices: pool.devices.map((device) => withTaints(device, found.get(device.name) ?? [])) };
}

/** In the order in which they stand there. */
function withTaints(device: SliceDevice, found: readonly DeviceTaint[]): SliceDevice {
  const { taints: own = [], ...rest } = device;
  const kept = found.filter((taint) => taint.key !== taintKey || own.some((wanted) => isSame(wanted, taint)));
  const added = own.filter((wanted) => !found.some((taint) => isSame(wanted, taint)));
  const taints = [...kept, ...added].slice(0, maxTaintsPerDevice);
  return taints.length === 0 ? rest : { ...rest, taints };
}

function isSame(a: DeviceTaint, b: DeviceTaint): boolean {
  return a.key === b.key && a.value === b.value && a.effect === b.effect;
}
