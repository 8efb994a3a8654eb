import { driverName } from "../../values/driver.ts";
import type { ClusterSlice, DeviceTaint } from "./device.ts";

/** A DeviceTaintRule: a taint of the devices that it selects, which stands in no slice. */
export interface TaintRule {
  /** What is undefined in it selects all; without a selector no device is meant. */
  readonly selector?: { readonly driver?: string; readonly pool?: string; readonly device?: string };
  readonly taint: DeviceTaint;
}

/** A slice of this driver with the taints that rules add to its devices (KEP-5055). */
export function withTaintRules(slice: ClusterSlice, rules: readonly TaintRule[]): ClusterSlice {
  const meant = rules.flatMap(({ selector, taint }) => {
    if (selector === undefined) return [];
    const { driver = driverName, pool = slice.pool.name, device } = selector;
    return driver === driverName && pool === slice.pool.name ? [{ device, taint }] : [];
  });
  if (meant.length === 0) return slice;
  return {
    ...slice,
    devices: slice.devices.map((device) => {
      const added = meant.filter((rule) => (rule.device ?? device.name) === device.name);
      return added.length === 0
        ? device
        : { ...device, taints: [...device.taints, ...added.map(({ taint }) => taint)] };
    }),
  };
}
