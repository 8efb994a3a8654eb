import type { ClaimRequest, DeviceAsk } from "../cluster/claims.ts";
import { type ClusterDevice, deviceKey, formatTaint } from "../cluster/device.ts";
import type { NodePool } from "../cluster/pools.ts";
import { driverName } from "../../values/driver.ts";
import { isTaken, otherDriversOf, selects, taintOn } from "./ask.ts";
import { consumptionOf } from "./capacity.ts";
import type { Judgement } from "./judgement.ts";
import type { SchedulerRules } from "./scheduler_rules.ts";

/** Why a request finds no device on a node, if it had the node for itself beside the claims that there are. */
export type RequestReason =
  /** The node has no device of the class. */
  | { readonly kind: "class"; readonly className: string }
  /** Devices of the class are there, and none satisfies the request's own selectors. */
  | { readonly kind: "selector"; readonly expression: string }
  | { readonly kind: "pool-incomplete"; readonly pool: string }
  | { readonly kind: "pool-invalid"; readonly pool: string }
  | { readonly kind: "selector-errs"; readonly why: string }
  | { readonly kind: "no-such-capacity"; readonly name: string; readonly similar?: string }
  | { readonly kind: "above-policy"; readonly bytes: bigint; readonly device: string }
  /** More than the largest device has when it is empty. */
  | { readonly kind: "above-device"; readonly bytes: bigint; readonly most: bigint; readonly device: string }
  | { readonly kind: "device-taint"; readonly taint: string; readonly device: string }
  /** Another claim holds the device, and nobody can have a share of it beside that. */
  | { readonly kind: "device-taken"; readonly device: string }
  | { readonly kind: "no-room"; readonly bytes: bigint; readonly free: bigint; readonly device: string }
  /** Fewer devices than `count` wants: each share of one request is of another device. */
  | { readonly kind: "count"; readonly count: number; readonly found: number }
  /** `allocationMode: All` wants this device too, which it cannot have. */
  | { readonly kind: "not-all"; readonly device: string; readonly obstacle: Obstacle }
  | { readonly kind: "unknown"; readonly why: string };

/** What keeps `allocationMode: All` from a device that it wants all the same. */
type Obstacle = "no-room" | "device-taint" | "device-taken";

/** How far a device came before it was ruled out; the further, the nearer it is to what is wanted. */
const stages = [
  "class",
  "selector",
  "pool-incomplete",
  "pool-invalid",
  "selector-errs",
  "no-such-capacity",
  "above-policy",
  "above-device",
  "device-taint",
  "device-taken",
  "no-room",
  "count",
  "not-all",
  "unknown",
] as const satisfies readonly RequestReason["kind"][];

/** The reason that came furthest, of those two the one that lacks less. */
export function nearer(a: RequestReason, b: RequestReason): RequestReason {
  const [left, right] = [stages.indexOf(a.kind), stages.indexOf(b.kind)];
  if (left !== right) return left > right ? a : b;
  return lack(a) <= lack(b) ? a : b;
}

function lack(reason: RequestReason): bigint {
  return reason.kind === "no-room" || reason.kind === "above-device" ? reason.bytes - roomOf(reason) : 0n;
}

/** What there would be of a device that is too small or too full, in bytes. */
export function roomOf(reason: RequestReason): bigint {
  return reason.kind === "no-room" ? reason.free : reason.kind === "above-device" ? reason.most : 0n;
}

/** Undefined where some alternative finds its devices, or is of another driver. */
export function requestReason(
  request: ClaimRequest,
  pools: readonly NodePool[],
  judgement: Judgement,
): RequestReason | undefined {
  const reasons = request.alternatives.map((ask) => askReason(ask, pools, judgement));
  if (reasons.includes(undefined)) return undefined;
  return reasons.filter((reason) => reason !== undefined).reduce(nearer);
}

function askReason(
  ask: DeviceAsk,
  pools: readonly NodePool[],
  judgement: Judgement,
): RequestReason | undefined {
  if (otherDriversOf(ask, judgement.classes, driverName).length > 0) return undefined;
  for (const { name, state } of ask.count === undefined ? pools : []) {
    if (state !== "whole") return { kind: `pool-${state}`, pool: name };
  }
  let reason: RequestReason = { kind: "class", className: ask.className };
  let found = 0, notAll: RequestReason | undefined;
  for (const { name: pool, state, devices } of pools) {
    for (const device of devices) {
      const ruledOut = deviceReason(ask, pool, device, state, judgement);
      if (ruledOut === undefined) found++;
      else {
        reason = nearer(reason, ruledOut);
        notAll ??= asObstacle(ruledOut, judgement.rules);
      }
    }
  }
  if (ask.count === undefined && found > 0 && notAll !== undefined) return notAll;
  const wanted = ask.count ?? 1;
  if (found >= wanted) return undefined;
  return found === 0 ? reason : { kind: "count", count: wanted, found };
}

/** One device that is ruled out keeps a request from all of them, unless the scheduler leaves it out. */
function asObstacle(
  reason: RequestReason,
  { allSkipsFullDevices }: SchedulerRules,
): RequestReason | undefined {
  switch (reason.kind) {
    case "no-room":
      return allSkipsFullDevices
        ? undefined
        : { kind: "not-all", device: reason.device, obstacle: reason.kind };
    case "device-taint":
    case "device-taken":
      return { kind: "not-all", device: reason.device, obstacle: reason.kind };
    default:
      return undefined;
  }
}

function deviceReason(
  ask: DeviceAsk,
  pool: string,
  device: ClusterDevice,
  state: NodePool["state"],
  judgement: Judgement,
): RequestReason | undefined {
  const { classes, selectors, usage, rules } = judgement;
  const ofClass = selects({ ...ask, selectors: [] }, device, classes, selectors);
  if (ofClass === false) return { kind: "class", className: ask.className };
  for (const verdict of [ofClass, ...ask.selectors.map((text) => selectors.evaluate(text, device))]) {
    if (typeof verdict === "object") {
      return { kind: verdict.kind === "errs" ? "selector-errs" : "unknown", why: verdict.why };
    }
  }
  const unmatched = ask.selectors.find((text) => selectors.evaluate(text, device) === false);
  if (unmatched !== undefined) return { kind: "selector", expression: unmatched };
  if (state !== "whole") return { kind: `pool-${state}`, pool };

  const consumption = consumptionOf(ask.capacity, device, driverName, rules);
  const { name } = device;
  switch (consumption.kind) {
    case "no-such-capacity":
    case "unknown":
      return consumption;
    case "fails":
      return { kind: "unknown", why: consumption.why };
    case "above-policy":
      return { kind: "above-policy", bytes: consumption.bytes, device: name };
    case "above-device":
      return { kind: "above-device", bytes: consumption.bytes, most: consumption.value, device: name };
  }
  const taint = taintOn(ask, device);
  if (taint !== undefined) return { kind: "device-taint", taint: formatTaint(taint), device: name };
  const used = usage.of(deviceKey(pool, name));
  if (isTaken(ask, device, used, rules)) return { kind: "device-taken", device: name };
  for (const [capacity, bytes] of consumption.amounts) {
    const free = (device.capacity[capacity]?.value ?? 0n) - (used.consumed.get(capacity) ?? 0n);
    if (bytes > free) return { kind: "no-room", bytes, free: free > 0n ? free : 0n, device: name };
  }
  return undefined;
}
