import { type DeviceAsk, tolerates } from "../cluster/claims.ts";
import type { ClusterDeviceClass } from "../cluster/device_class.ts";
import { type ClusterDevice, type DeviceTaint, keepsAway } from "../cluster/device.ts";
import type { DeviceUsage } from "../cluster/usage.ts";
import type { SchedulerRules } from "./scheduler_rules.ts";
import type { SelectorEvaluator, SelectorVerdict } from "./selectors.ts";

/** The classes that there are, by name. */
export type DeviceClasses = ReadonlyMap<string, ClusterDeviceClass>;

/** The class of a request and then its own selectors, on one device: the first that does not hold decides. */
export function selects(
  ask: DeviceAsk,
  device: ClusterDevice,
  classes: DeviceClasses,
  selectors: SelectorEvaluator,
): SelectorVerdict {
  for (const expression of [...classes.get(ask.className)?.selectors ?? [], ...ask.selectors]) {
    const verdict = selectors.evaluate(expression, device);
    if (verdict !== true) return verdict;
  }
  return true;
}

const namesDriver = /\bdevice\.driver\s*==\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The other drivers that a request is for, as its class and selectors name them (`device.driver == "…"`); empty for
 * one of this driver or of any. Such a request cannot be judged by this driver's devices.
 */
export function otherDriversOf(ask: DeviceAsk, classes: DeviceClasses, driver: string): string[] {
  const expressions = [...classes.get(ask.className)?.selectors ?? [], ...ask.selectors];
  const named = expressions.flatMap((text) =>
    [...text.matchAll(namesDriver)].map(([, double, single]) => double ?? single ?? "")
  );
  return named.includes(driver) ? [] : [...new Set(named)];
}

/** Whether claims that there are keep a device from a request altogether, whatever room it has. */
export function isTaken(
  { adminAccess }: DeviceAsk,
  { shared }: ClusterDevice,
  { whole, claims }: DeviceUsage,
  { sharesKeepDevice }: SchedulerRules,
): boolean {
  return !adminAccess && (whole || sharesKeepDevice && !shared && claims > 0);
}

/** The taint of a device that keeps a request away, if there is one. */
export function taintOn({ tolerations }: DeviceAsk, { taints }: ClusterDevice): DeviceTaint | undefined {
  return taints.find((taint) =>
    keepsAway(taint) && !tolerations.some((toleration) => tolerates(toleration, taint))
  );
}
