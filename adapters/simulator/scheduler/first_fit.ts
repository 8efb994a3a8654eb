import type {
  CapacityRequestPolicy,
  ResourceSliceSpec,
  SliceDevice,
} from "../../../core/devices/resource_slice.ts";
import { formatQuantity, parseQuantity } from "../../../core/values/quantity.ts";
import { matches } from "./selector.ts";

/** One request of a claim, with the selectors of its class and its own. */
export interface DeviceRequest {
  readonly name: string;
  readonly selectors: readonly string[];
  readonly count: number;
  /** The quantity asked of each capacity; what is not named is left to the device's policy. */
  readonly capacity: Readonly<Record<string, string>>;
}

/** A share that was given to a request. */
export interface Share {
  readonly request: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly consumedCapacity: Readonly<Record<string, string>>;
}

/** No device has enough left for a request. */
export class UnschedulableError extends Error {
  override name = "UnschedulableError";
}

/**
 * Gives each request the first device that matches and has enough left, as the scheduler does with consumable
 * capacity (KEP-5075). Pools that are not complete yet are passed over. Throws {@link UnschedulableError}.
 */
export function firstFit(
  requests: readonly DeviceRequest[],
  slices: readonly ResourceSliceSpec[],
  given: readonly Omit<Share, "request">[],
): Share[] {
  const shares: Share[] = [];
  const candidates = slices.filter((slice) => isComplete(slice, slices));
  for (const request of requests) {
    for (let index = 0; index < request.count; index++) {
      const own = shares.filter((share) => share.request === request.name);
      const others = candidates.map((slice) => without(own, slice));
      const share = place(request, others, [...given, ...shares]);
      if (share === undefined) {
        throw new UnschedulableError(`Cannot allocate request ${request.name}: no device has enough left`);
      }
      shares.push(share);
    }
  }
  return shares;
}

function place(
  request: DeviceRequest,
  slices: readonly ResourceSliceSpec[],
  given: readonly Omit<Share, "request">[],
): Share | undefined {
  for (const { driver, pool, devices } of slices) {
    for (const device of devices) {
      if (!request.selectors.every((selector) => matches(selector, driver, device))) continue;
      const taken = given.filter((share) => share.pool === pool.name && share.device === device.name);
      const consumedCapacity = consume(request, device, taken);
      if (consumedCapacity === undefined) continue;
      return { request: request.name, driver, pool: pool.name, device: device.name, consumedCapacity };
    }
  }
}

function consume(
  { capacity }: DeviceRequest,
  device: SliceDevice,
  taken: readonly Omit<Share, "request">[],
): Record<string, string> | undefined {
  const consumed: Record<string, string> = {};
  for (const [key, { value, requestPolicy }] of Object.entries(device.capacity)) {
    const bytes = rounded(parseQuantity(capacity[key] ?? requestPolicy.default), requestPolicy);
    const used = taken.reduce(
      (sum, { consumedCapacity }) => sum + parseQuantity(consumedCapacity[key] ?? "0"),
      0n,
    );
    if (bytes === undefined || used + bytes > parseQuantity(value)) return undefined;
    consumed[key] = formatQuantity(bytes);
  }
  return Object.keys(capacity).every((key) => key in consumed) ? consumed : undefined;
}

/** Requests are rounded up to what the policy allows; undefined when they are above all of it. */
function rounded(bytes: bigint, { validRange, validValues = [] }: CapacityRequestPolicy): bigint | undefined {
  if (validRange === undefined) return validValues.map(parseQuantity).find((value) => value >= bytes);
  const min = parseQuantity(validRange.min), step = parseQuantity(validRange.step);
  return bytes <= min ? min : min + (bytes - min + step - 1n) / step * step;
}

/** The devices of a request's `count` are different ones. */
function without(shares: readonly Share[], slice: ResourceSliceSpec): ResourceSliceSpec {
  const taken = (name: string) =>
    shares.some((share) => share.pool === slice.pool.name && share.device === name);
  return { ...slice, devices: slice.devices.filter(({ name }) => !taken(name)) };
}

/** Only the highest generation of a pool counts, and only once all its slices are there. */
function isComplete({ pool }: ResourceSliceSpec, slices: readonly ResourceSliceSpec[]): boolean {
  const siblings = slices.filter((slice) => slice.pool.name === pool.name);
  const newest = siblings.filter((slice) => slice.pool.generation === pool.generation);
  return siblings.every((slice) => slice.pool.generation <= pool.generation) &&
    newest.length === pool.resourceSliceCount;
}
