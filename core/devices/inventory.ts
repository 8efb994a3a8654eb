import type { Device } from "./device.ts";

/** The devices that this node has right now. The publisher sets them, everything else reads them. */
export class DeviceInventory {
  #devices: readonly Device[] = [];

  constructor(readonly nodeName: string) {}

  get devices(): readonly Device[] {
    return this.#devices;
  }

  replace(devices: readonly Device[]): void {
    this.#devices = devices;
  }
}
