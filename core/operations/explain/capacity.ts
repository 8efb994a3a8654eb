import type { CapacityPolicy, ClusterDevice } from "../cluster/device.ts";
import { parseParts, parseWholeBytes } from "../../values/quantity.ts";
import type { SchedulerRules } from "./scheduler_rules.ts";

/** What a request takes of a device's capacities, or why it can take nothing of it however empty it is. */
export type Consumption =
  | { readonly kind: "takes"; readonly amounts: ReadonlyMap<string, bigint> }
  /** A capacity is asked for that the device does not have; `similar` is what was meant: by its domain, or the only one. */
  | { readonly kind: "no-such-capacity"; readonly name: string; readonly similar?: string }
  /** The policy of the device allows nothing as large. */
  | { readonly kind: "above-policy"; readonly name: string; readonly bytes: bigint }
  | { readonly kind: "above-device"; readonly name: string; readonly bytes: bigint; readonly value: bigint }
  /** The scheduler gives the pod up. */
  | { readonly kind: "fails"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

const maxInt64 = 2n ** 63n - 1n;

/** Whether two names of a capacity are one but for the driver's domain. */
export function sameCapacity(a: string, b: string, driver: string): boolean {
  return a === `${driver}/${b}` || b === `${driver}/${a}`;
}

/** What a request would take of a device, rounded as its policy says (KEP-5075). */
export function consumptionOf(
  requests: Readonly<Record<string, string>>,
  device: ClusterDevice,
  driver: string,
  rules: SchedulerRules,
): Consumption {
  const wanted = new Map<string, bigint>();
  for (const [name, text] of Object.entries(requests)) {
    const bare = name.startsWith(`${driver}/`) ? name.slice(driver.length + 1) : name;
    const other = name === bare ? `${driver}/${bare}` : bare;
    const found = device.capacity[name] !== undefined
      ? name
      : rules.capacityByDomain && device.capacity[other] !== undefined
      ? other
      : undefined;
    if (found === undefined) {
      const [only, ...more] = Object.keys(device.capacity);
      const similar = device.capacity[other] === undefined && more.length === 0 ? only : other;
      return {
        kind: "no-such-capacity",
        name,
        ...(similar === undefined || device.capacity[similar] === undefined ? {} : { similar }),
      };
    }
    if (wanted.has(found)) {
      return { kind: "fails", why: `it asks for ${found} twice, with the driver's domain and without` };
    }
    const bytes = parseWholeBytes(text);
    if (bytes > maxInt64 && rules.hugeRequestsWrap) {
      return {
        kind: "unknown",
        why: `this version of the scheduler reads amounts above 2^63-1, such as ${text}, as others`,
      };
    }
    wanted.set(found, bytes);
  }
  const negative = Object.values(requests).find((text) => parseParts(text, 9) < 0n);
  if (negative !== undefined && rules.negativeRequestsFail) {
    return { kind: "fails", why: `it asks for ${negative}, which is less than nothing` };
  }
  const amounts = new Map<string, bigint>();
  for (const [name, { value, policy }] of Object.entries(device.capacity)) {
    const bytes = wanted.get(name);
    const taken = bytes === undefined ? policy?.default ?? value : rounded(bytes, policy);
    if (!allows(policy, taken)) return { kind: "above-policy", name, bytes: taken };
    if (taken > value) return { kind: "above-device", name, bytes: taken, value };
    amounts.set(name, taken);
  }
  return { kind: "takes", amounts };
}

/** The amount that a request becomes: the next one up that the policy has. */
export function rounded(bytes: bigint, policy: CapacityPolicy | undefined): bigint {
  if (policy?.validRange !== undefined) {
    const { min, step } = policy.validRange;
    if (bytes < min) return min;
    return step === undefined ? bytes : min + (bytes - min + step - 1n) / step * step;
  }
  return policy?.validValues?.find((value) => value >= bytes) ?? bytes;
}

function allows(policy: CapacityPolicy | undefined, bytes: bigint): boolean {
  if (policy === undefined || bytes === policy.default) return true;
  if (policy.validRange !== undefined) {
    const { min, max, step } = policy.validRange;
    return (max === undefined || bytes <= max) && (step === undefined || (bytes - min) % step === 0n);
  }
  return policy.validValues === undefined || policy.validValues.includes(bytes);
}
