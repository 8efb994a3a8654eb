import type { Device } from "../devices/device.ts";
import { poolName } from "../devices/pool.ts";
import { sizeCapacity } from "../devices/slice_device.ts";
import { driverName } from "../values/driver.ts";
import { parseQuantity, QuantityError } from "../values/quantity.ts";
import { quoted } from "../values/quoted.ts";
import type { Allocation, AllocationResult, ClaimReference } from "./claim.ts";

/** Why an allocation cannot be honored. The names stand in metrics, so they are few and fixed. */
export type AllocationProblem =
  | "invalid-request-name"
  | "unknown-pool"
  | "unknown-device"
  | "missing-capacity"
  | "foreign-capacity"
  | "malformed-quantity"
  | "negative-quantity"
  | "zero-quantity"
  | "partial-page"
  | "exceeds-device"
  | "exceeds-remaining";

/** An allocation result that this driver cannot honor. */
export class AllocationError extends Error {
  override name = "AllocationError";
  constructor(
    readonly problem: AllocationProblem,
    readonly claim: ClaimReference,
    readonly result: AllocationResult,
    explanation: string,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot honor claim ${claim.namespace}/${claim.name}, request ${result.request}, ` +
        `device ${result.pool}/${result.device}: ${explanation}`,
      options,
    );
  }
}

/** What of a device an allocation is checked against. */
export type AllocatableDevice = Pick<Device, "name" | "resource" | "numaNode" | "pageSize" | "capacityBytes">;

/** The node that allocations are checked against. */
export interface NodeCapacity {
  readonly nodeName: string;
  readonly devices: readonly AllocatableDevice[];
  /** What the other prepared claims hold of a device, in bytes. */
  readonly usedBytes: (deviceName: string) => bigint;
}

/**
 * Turns a claim's allocation results into checked allocations, leaving out those of other drivers and those with
 * `adminAccess`, which hold nothing.
 *
 * Nothing is taken on trust: the scheduler may have decided on slices that are no longer true. Throws
 * {@link AllocationError} for the first result that cannot be honored.
 */
export function validateAllocation(
  claim: ClaimReference,
  results: readonly AllocationResult[],
  node: NodeCapacity,
): Allocation[] {
  const held = new Map<string, bigint>();
  return resultsOfDriver(results).map((result) => {
    const refuse: Refuse = (problem, explanation, cause) => {
      throw new AllocationError(problem, claim, result, explanation, { cause });
    };
    const device = findDevice(result, node, refuse);
    const bytes = consumedBytes(result, refuse);
    checkAmount(bytes, device, refuse);

    const before = held.get(device.name) ?? 0n;
    const remaining = device.capacityBytes - node.usedBytes(device.name) - before;
    if (bytes > remaining) {
      const left = remaining > 0n ? remaining : 0n;
      refuse("exceeds-remaining", `${bytes} bytes wanted, ${left} bytes left beside the other claims`);
    }
    held.set(device.name, before + bytes);
    return {
      request: baseRequest(result, refuse),
      pool: result.pool,
      device: device.name,
      ...(result.shareId === undefined ? {} : { shareId: result.shareId }),
      resource: device.resource,
      numaNode: device.numaNode,
      bytes,
    };
  });
}

/** Whether what was prepared of a claim is still what the scheduler gave it. */
export function isAllocatedAs(
  allocations: readonly Allocation[],
  results: readonly AllocationResult[],
): boolean {
  const own = resultsOfDriver(results);
  return own.length === allocations.length && own.every((result, index) => {
    const allocation = allocations[index];
    if (allocation === undefined || allocation.pool !== result.pool || allocation.device !== result.device) {
      return false;
    }
    if (allocation.request !== result.request.split("/", 1)[0]) return false;
    // Each time that a share is given out it has another one.
    if (allocation.shareId !== undefined || result.shareId !== undefined) {
      return allocation.shareId === result.shareId;
    }
    return Object.values(result.consumedCapacity ?? {}).every((amount) => isAmount(amount, allocation.bytes));
  });
}

function isAmount(text: string, bytes: bigint): boolean {
  try {
    return parseQuantity(text) === bytes;
  } catch (error) {
    if (error instanceof QuantityError) return false;
    throw error;
  }
}

/** The results that allocations are made of, in their order. */
export function resultsOfDriver<Result extends Pick<AllocationResult, "driver" | "adminAccess">>(
  results: readonly Result[],
): Result[] {
  return results.filter(({ driver, adminAccess = false }) => driver === driverName && !adminAccess);
}

type Refuse = (problem: AllocationProblem, explanation: string, cause?: Error) => never;

/** The request's own name: alternatives of a request are written `<request>/<subrequest>` (KEP-4816). */
function baseRequest({ request }: AllocationResult, refuse: Refuse): string {
  const base = request.split("/", 1)[0] ?? "";
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(base)) refuse("invalid-request-name", "not a DNS label");
  return base;
}

function findDevice(
  { pool, device: name }: AllocationResult,
  node: NodeCapacity,
  refuse: Refuse,
): AllocatableDevice {
  const device = node.devices.find((candidate) => candidate.name === name);
  if (device !== undefined && poolName(node.nodeName, device.resource) === pool) return device;
  const pools = new Set(node.devices.map(({ resource }) => poolName(node.nodeName, resource)));
  if (!pools.has(pool)) {
    return refuse("unknown-pool", `this node has the pools ${[...pools].join(", ") || "(none)"}`);
  }
  return refuse("unknown-device", "the pool has no such device now");
}

function consumedBytes({ consumedCapacity = {} }: AllocationResult, refuse: Refuse): bigint {
  const own = [sizeCapacity, `${driverName}/${sizeCapacity}`];
  const keys = Object.keys(consumedCapacity);
  const foreign = keys.find((key) => !own.includes(key));
  if (foreign !== undefined) {
    refuse("foreign-capacity", `the capacity ${quoted(foreign)} is none of ${driverName}, which has size`);
  }
  const [amount, ...others] = keys.map((key) => consumedCapacity[key] ?? "");
  if (others.length > 0) refuse("malformed-quantity", `it is given twice, as ${keys.join(" and ")}`);
  if (amount === undefined) {
    return refuse(
      "missing-capacity",
      "the scheduler did not say how much (is the feature gate DRAConsumableCapacity on?)",
    );
  }
  try {
    return parseQuantity(amount);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    return refuse(
      cause.problem === "negative" ? "negative-quantity" : "malformed-quantity",
      cause.message,
      cause,
    );
  }
}

function checkAmount(bytes: bigint, device: AllocatableDevice, refuse: Refuse): void {
  if (bytes === 0n) refuse("zero-quantity", "the share is empty");
  if (bytes % device.pageSize !== 0n) {
    refuse("partial-page", `${bytes} bytes are no multiple of the page of ${device.pageSize} bytes`);
  }
  if (bytes > device.capacityBytes) {
    refuse("exceeds-device", `${bytes} bytes wanted, the device has ${device.capacityBytes} bytes`);
  }
}
