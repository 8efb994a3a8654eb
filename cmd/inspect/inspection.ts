import type { Device } from "../../core/devices/device.ts";
import { sliceDevice } from "../../core/devices/slice_device.ts";
import { memoryResource } from "../../core/values/resource_name.ts";
import { type MemoryKind, memoryKind } from "../../core/topology/memory_kind.ts";
import type { MemorySpeed } from "../../core/topology/memory_speed.ts";
import { nearestNodesWithCpus } from "../../core/topology/near_nodes.ts";
import type { NumaNode, Topology } from "../../core/topology/topology.ts";

/** What `inspect -o json` prints; sizes are bytes. */
export interface Inspection {
  readonly pageSize: number;
  readonly hugepageSizes: readonly number[];
  readonly nodes: readonly InspectedNode[];
  /** Free pages that mappings have reserved and not touched, on whichever nodes; sizes without any are left out. */
  readonly reservedHugepages: readonly { readonly pageSize: number; readonly pages: number }[];
  /** Nodes that the kernel could have and that are not online. */
  readonly offlineNodes: readonly number[];
  /** As in ResourceSlices, without a request policy. */
  readonly devices: readonly InspectedDevice[];
  /** What a copy of another machine's files lacks and was inferred or left out; always empty on the machine itself. */
  readonly assumed: readonly string[];
}

/** A NUMA node of it. */
export interface InspectedNode {
  readonly id: number;
  readonly kind: MemoryKind;
  /** Whether all of its memory is in ZONE_MOVABLE. */
  readonly movableOnly: boolean;
  /** Its place among the kernel's memory tiers, the fastest is 0; null where the kernel has none. */
  readonly tier: number | null;
  /** Of its memory, as the firmware says; what it does not say is left out. */
  readonly speed: MemorySpeed;
  readonly cpus: readonly number[];
  /** For a node without CPUs. */
  readonly nearestNodesWithCpus: readonly number[];
  /** By node id. */
  readonly distances: Readonly<Record<string, number>>;
  /** `totalBytes` is null when it could not be read; `allocatableBytes` is what claims can get. */
  readonly memory: { readonly totalBytes: number | null; readonly allocatableBytes: number };
  /** Counts are pages. */
  readonly hugepages: readonly {
    readonly pageSize: number;
    readonly total: number;
    readonly free: number;
    readonly surplus: number;
  }[];
}

interface InspectedDevice {
  readonly name: string;
  readonly resource: string;
  readonly numaNode: number;
  readonly pageSize: number;
  readonly capacityBytes: number;
  /** What prepared claims hold; null when it cannot be told. */
  readonly claimedBytes: number | null;
  readonly attributes: ReturnType<typeof sliceDevice>["attributes"];
}

/** What prepared claims hold of a device, by its name; undefined when it cannot be told. */
export type ClaimedBytes = (device: string) => bigint | undefined;

/** Puts a topology, its devices and what claims hold of them into the form that is printed. */
export function inspectionOf(
  topology: Topology,
  devices: readonly Device[],
  claimedBytes: ClaimedBytes,
): Inspection {
  return {
    pageSize: Number(topology.pageSize),
    hugepageSizes: topology.hugepageSizes.map(Number),
    nodes: topology.nodes.map((node) => inspectedNode(node, topology, devices)),
    reservedHugepages: [...topology.reservedHugepages].map(([pageSize, pages]) => (
      { pageSize: Number(pageSize), pages: Number(pages) }
    )),
    offlineNodes: topology.offlineNodes,
    devices: devices.map((device) => ({
      name: device.name,
      resource: device.resource,
      numaNode: device.numaNode,
      pageSize: Number(device.pageSize),
      capacityBytes: Number(device.capacityBytes),
      claimedBytes: numberOrNull(claimedBytes(device.name)),
      attributes: sliceDevice(device).attributes,
    })),
    assumed: topology.assumed,
  };
}

function inspectedNode(node: NumaNode, topology: Topology, devices: readonly Device[]): InspectedNode {
  const memory = devices.find(({ numaNode, resource }) =>
    numaNode === node.id && resource === memoryResource
  );
  return {
    id: node.id,
    kind: memoryKind(node, topology),
    movableOnly: node.movableOnly,
    tier: node.tier ?? null,
    speed: node.speed ?? {},
    cpus: node.cpus,
    nearestNodesWithCpus: nearestNodesWithCpus(node, topology),
    distances: Object.fromEntries(node.distances),
    memory: {
      totalBytes: numberOrNull(node.memoryBytes),
      allocatableBytes: Number(memory?.capacityBytes ?? 0n),
    },
    hugepages: node.hugepages.map(({ pageSize, total, free, surplus }) => ({
      pageSize: Number(pageSize),
      total: Number(total),
      free: Number(free),
      surplus: Number(surplus),
    })),
  };
}

function numberOrNull(bytes: bigint | undefined): number | null {
  return bytes === undefined ? null : Number(bytes);
}
