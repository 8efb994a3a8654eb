import { parseWholeBytes } from "../../values/quantity.ts";
import type { ClaimAllocation } from "./claims.ts";
import { type DeviceKey, deviceKey } from "./device.ts";

/** What the allocated claims hold of a device. */
export interface DeviceUsage {
  /** By capacity name. */
  readonly consumed: ReadonlyMap<string, bigint>;
  /** Whether a claim holds it whole. */
  readonly whole: boolean;
  readonly claims: number;
}

const nothing: DeviceUsage = { consumed: new Map(), whole: false, claims: 0 };

/**
 * Sums up what claims hold, by the rules of the scheduler's dynamicresources plugin: a result with a share id takes
 * its consumed capacity, one without takes the whole device, and admin access takes nothing.
 *
 * Keeps a sum for each device, so that any number of claims can be added one after the other.
 */
export class ClusterUsage {
  readonly #devices = new Map<DeviceKey, { consumed: Map<string, bigint>; wholes: number; claims: number }>();

  /** Throws `QuantityError` for a consumed capacity that is none, which no API server stores. */
  add(allocation: ClaimAllocation): void {
    this.#count(allocation, 1);
  }

  /** Takes a claim away that was added. */
  remove(allocation: ClaimAllocation): void {
    this.#count(allocation, -1);
  }

  of(key: DeviceKey): DeviceUsage {
    const usage = this.#devices.get(key);
    return usage === undefined
      ? nothing
      : { consumed: usage.consumed, whole: usage.wholes > 0, claims: usage.claims };
  }

  #count({ results }: ClaimAllocation, sign: 1 | -1): void {
    const counted = new Set<DeviceKey>();
    for (const { pool, device, adminAccess, shareId, consumedCapacity = {} } of results) {
      if (adminAccess) continue;
      const key = deviceKey(pool, device);
      const usage = this.#devices.get(key) ?? { consumed: new Map<string, bigint>(), wholes: 0, claims: 0 };
      this.#devices.set(key, usage);
      if (!counted.has(key)) usage.claims += sign;
      counted.add(key);
      if (shareId === undefined) usage.wholes += sign;
      else {
        for (const [name, text] of Object.entries(consumedCapacity)) {
          usage.consumed.set(
            name,
            (usage.consumed.get(name) ?? 0n) + BigInt(sign) * parseWholeBytes(text),
          );
        }
      }
    }
  }
}
