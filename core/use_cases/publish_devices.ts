import type { ClaimStore } from "../claims/claim_store.ts";
import { type Device, devicesOf } from "../devices/device.ts";
import { type HealthEvidence, healthOf } from "../devices/health.ts";
import type { HealthBoard } from "../devices/health_board.ts";
import type { DeviceInventory } from "../devices/inventory.ts";
import { poolsOf } from "../devices/pool.ts";
import { parseReservation, type Reservation, ReservedMemoryError } from "../devices/reservation.ts";
import { type Reserved, reserveMemory } from "../devices/reserved_memory.ts";
import type { DeviceTaint } from "../devices/resource_slice.ts";
import type { NumaNodeForm } from "../devices/slice_device.ts";
import { planSlices, type SliceStep } from "../devices/slice_plan.ts";
import { taintOf } from "../devices/taints.ts";
import type { Events } from "../events/events.ts";
import type { NodeAllocatable, SliceRepository } from "../ports/slice_repository.ts";
import { TopologyError, type TopologySource } from "../ports/topology_source.ts";
import { movedPages } from "../topology/moved_pages.ts";
import { companions } from "../topology/companions.ts";
import type { Topology } from "../topology/topology.ts";

/** What publishing works with. */
export interface PublishDevicesPorts {
  readonly topology: TopologySource;
  readonly slices: SliceRepository;
  readonly inventory: DeviceInventory;
  /** What the driver was told to keep from claims, unless the Node says otherwise. */
  readonly reservation: Reservation;
  /** How the devices' NUMA node is published; as a number where this is absent. */
  readonly numaNodeForm?: NumaNodeForm;
  readonly events: Events;
  /** Where the devices' health is put up, and the claims that it depends on; absent where nobody asks for it. */
  readonly health?: { readonly board: HealthBoard; readonly store: Pick<ClaimStore, "claims" | "usedBytes"> };
}

/** Keeps the devices that the cluster knows of this node the same as those that the node has. */
export class PublishDevices {
  readonly #ports: PublishDevicesPorts;
  /** Devices as they were when they were last there, by name. */
  readonly #seen = new Map<string, Device>();
  #nodeAllocatable: NodeAllocatable | undefined;
  #reservation: Reservation;
  /** As it was read last. */
  #topology: Topology | undefined;
  /** What the Node said last. */
  #annotation: string | undefined;
  /** What the reservation came to, as it was told last. */
  #told = "";

  constructor(ports: PublishDevicesPorts) {
    this.#ports = ports;
    this.#reservation = ports.reservation;
  }

  /** Whether claims count as the node's own resources, or why not, as of the last look; undefined before. */
  get nodeAllocatable(): NodeAllocatable | undefined {
    return this.#nodeAllocatable;
  }

  /**
   * Reads the node, sets the inventory and puts up the devices' health. Throws `TopologyError`; the inventory is
   * as before then, and no device is healthy.
   */
  async refresh(): Promise<void> {
    const { inventory, events } = this.#ports;
    const topology = await this.#read();
    for (const part of topology.unreadable) events.emit({ kind: "topology-unreadable", part });
    const reserved = reserveMemory(this.#reservation, topology);
    this.#tell(reserved);
    if (this.#topology !== undefined) {
      for (const moved of movedPages(this.#topology, topology)) {
        events.emit({ kind: "hugepages-moved", moved });
      }
    }
    this.#topology = topology;
    const devices = devicesOf(topology, reserved.memory);
    const memoryNodes = topology.nodes.filter(({ memoryBytes = 0n }) => memoryBytes > 0n).map(({ id }) => id);
    inventory.replace(devices, companions(topology), memoryNodes);
    for (const device of devices) this.#seen.set(device.name, device);
    this.#judge({ topology, devices });
  }

  /**
   * Makes the published slices those of the inventory, and writes nothing when they are. Not to be run twice at
   * a time. Throws `ClusterUnavailableError`, and `SliceConflictError` when somebody else wrote in between;
   * either way the next run goes on from what the cluster then holds.
   */
  async publish(): Promise<void> {
    const { slices, inventory: { nodeName }, events, numaNodeForm = "scalar" } = this.#ports;
    const [published, support] = await Promise.all([slices.list(), slices.support()]);
    this.#nodeAllocatable = support.nodeAllocatable;
    await this.#heed(await slices.nodeReservation());
    const taints = support.taints ? this.#taints() : new Map<string, DeviceTaint>();
    const devices = this.#published(taints);
    const pools = poolsOf(nodeName, devices, {
      taints,
      nodeAllocatable: support.nodeAllocatable.on,
      numaNodeForm,
    });
    const steps = planSlices(nodeName, pools, published);
    for (const step of steps) await this.#apply(step);
    const writes = steps.length;
    if (writes === 0) events.emit({ kind: "slices-unchanged", devices: devices.length });
    else events.emit({ kind: "slices-published", devices: devices.length, writes });
  }

  /** Goes by what the Node says from now on, or by what the driver was told where that says nothing. */
  async #heed(annotation: string | undefined): Promise<void> {
    if (annotation === this.#annotation) return;
    this.#annotation = annotation;
    this.#reservation = this.#reservationBy(annotation);
    await this.refresh();
  }

  #reservationBy(annotation: string | undefined): Reservation {
    const { reservation, events } = this.#ports;
    if (annotation === undefined) return reservation;
    try {
      return parseReservation(annotation);
    } catch (error) {
      if (!(error instanceof ReservedMemoryError)) throw error;
      events.emit({ kind: "reservation-refused", message: error.message });
      return reservation;
    }
  }

  #tell({ notes, ignored }: Reserved): void {
    const told = [...notes, ...ignored].join("\n");
    if (told === this.#told) return;
    this.#told = told;
    const { events } = this.#ports;
    if (ignored.length === 0) events.emit({ kind: "reservation-changed", notes });
    else events.emit({ kind: "reservation-ignored", notes, ignored });
  }

  /** The taints of unhealthy devices, by their names. */
  #taints(): Map<string, DeviceTaint> {
    const devices = this.#ports.health?.board.current.devices ?? [];
    return new Map(devices.flatMap(({ device, problem }) => {
      const taint = problem && taintOf(problem);
      return taint === undefined ? [] : [[device, taint] as const];
    }));
  }

  /**
   * The devices that the node has, and after them those that it lost while claims hold them, as they were: tainted, so
   * that everybody sees why they are not offered.
   */
  #published(taints: ReadonlyMap<string, DeviceTaint>): Device[] {
    const { devices } = this.#ports.inventory;
    const present = new Set(devices.map(({ name }) => name));
    const lost = [...taints.keys()].filter((name) => !present.has(name) && this.#isHeld(name));
    return [...devices, ...lost.flatMap((name) => this.#seen.get(name) ?? [])];
  }

  #isHeld(device: string): boolean {
    return (this.#ports.health?.store.usedBytes(device) ?? 0n) > 0n;
  }

  async #read(): Promise<Topology> {
    try {
      return await this.#ports.topology.read();
    } catch (error) {
      if (error instanceof TopologyError) this.#judge(error);
      throw error;
    }
  }

  #judge(reading: HealthEvidence["reading"]): void {
    const { health, inventory: { nodeName } } = this.#ports;
    if (health === undefined) return;
    const { board, store } = health;
    const before = board.current.devices;
    board.post(healthOf({ nodeName, reading, claims: store.claims(), before }));
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
