import type { ClaimStore } from "../../../../core/claims/claim_store.ts";
import type { Device } from "../../../../core/devices/device.ts";
import type { DeviceInventory } from "../../../../core/devices/inventory.ts";
import type { Reading } from "./registry.ts";

type DeviceReading = Reading<"resource" | "numa_node">;

/**
 * What the devices have and what claims hold of them, in time proportional to the devices, not to the claims.
 *
 * A device that went away while claims held some of it stays, with no capacity, until they are gone: capacity
 * below what is prepared is what an operator must see.
 */
export class DeviceBytes {
  readonly #store: () => Pick<ClaimStore, "usedBytes">;
  readonly #inventory: DeviceInventory;
  #last: ReadonlyMap<string, Device> = new Map();

  constructor(store: () => Pick<ClaimStore, "usedBytes">, inventory: DeviceInventory) {
    this.#store = store;
    this.#inventory = inventory;
  }

  capacity(): DeviceReading[] {
    return this.#devices().map((device) => [labelsOf(device), device.capacityBytes]);
  }

  prepared(): DeviceReading[] {
    return this.#devices().map((device) => [labelsOf(device), this.#store().usedBytes(device.name)]);
  }

  #devices(): Device[] {
    const devices = new Map(this.#inventory.devices.map((device) => [device.name, device]));
    for (const [name, device] of this.#last) {
      const isHeld = this.#store().usedBytes(name) > 0n;
      if (isHeld && !devices.has(name)) devices.set(name, { ...device, capacityBytes: 0n });
    }
    this.#last = devices;
    return [...devices.values()];
  }
}

function labelsOf({ resource, numaNode }: Device) {
  return { resource, numa_node: String(numaNode) };
}
