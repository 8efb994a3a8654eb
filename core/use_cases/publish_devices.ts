import { devicesOf } from "../devices/device.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import { poolsOf } from "../devices/pool.ts";
import type { ReservedMemory } from "../devices/reserved_memory.ts";
import { planSlices, type SliceStep } from "../devices/slice_plan.ts";
import type { Recorder } from "../ports/recorder.ts";
import type { SliceRepository } from "../ports/slice_repository.ts";
import type { TopologySource } from "../ports/topology_source.ts";

/** What publishing works with. */
export interface PublishDevicesPorts {
  readonly topology: TopologySource;
  readonly slices: SliceRepository;
  readonly inventory: DeviceInventory;
  readonly reserved: ReservedMemory;
  readonly recorder: Recorder;
}

/** Keeps the devices that the cluster knows of this node the same as those that the node has. */
export class PublishDevices {
  readonly #ports: PublishDevicesPorts;

  constructor(ports: PublishDevicesPorts) {
    this.#ports = ports;
  }

  /** Reads the node and sets the inventory. Throws `TopologyError`. */
  async refresh(): Promise<void> {
    const { topology, inventory, reserved, recorder } = this.#ports;
    const found = await topology.read();
    for (const part of found.unreadable) recorder.record({ kind: "topology-unreadable", part });
    inventory.replace(devicesOf(found, reserved));
  }

  /**
   * Makes the published slices those of the inventory, and writes nothing when they are. Not to be run twice at
   * a time. Throws `ClusterUnavailableError`, and `SliceConflictError` when somebody else wrote in between;
   * either way the next run goes on from what the cluster then holds.
   */
  async publish(): Promise<void> {
    const { slices, inventory: { nodeName, devices }, recorder } = this.#ports;
    const steps = planSlices(nodeName, poolsOf(nodeName, devices), await slices.list());
    for (const step of steps) await this.#apply(step);
    recorder.record({ kind: "slices-published", devices: devices.length, writes: steps.length });
  }

  #apply(step: SliceStep): Promise<void> {
    const { slices } = this.#ports;
    switch (step.kind) {
      case "remove":
        return slices.remove(step.slice);
      case "update":
        return slices.update(step.slice, step.spec);
      case "create":
        return slices.create(step.spec);
    }
  }
}
