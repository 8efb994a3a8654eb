import type { Device } from "../../core/devices/device.ts";
import { sliceDevice } from "../../core/devices/slice_device.ts";
import { humanBytes } from "../../core/values/human_bytes.ts";
import { formatIdList } from "../../core/values/id_list.ts";
import { memoryResource } from "../../core/values/resource_name.ts";
import { type MemoryKind, memoryKind } from "../../core/topology/memory_kind.ts";
import { type MemorySpeed, speedText } from "../../core/topology/memory_speed.ts";
import { nearestNodesWithCpus } from "../../core/topology/near_nodes.ts";
import type { NumaNode, Topology } from "../../core/topology/topology.ts";
import { columns } from "../ui/output.ts";
import { reservedText } from "../ui/reserved_text.ts";

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

interface InspectedNode {
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

/** The same for people, to be indented by some blanks. */
export function inspectionTable(inspection: Inspection, indent = 0): string {
  const { pageSize, nodes, reservedHugepages, offlineNodes, devices } = inspection;
  const sizes = [...new Set(nodes.flatMap(({ hugepages }) => hugepages.map((pool) => pool.pageSize)))];
  const movable = nodes.filter(({ movableOnly }) => movableOnly).map(({ id }) => id);
  const isMixed = nodes.some(({ kind }) => kind !== "dram");
  const nodeRows = nodes.map((node) => [
    `${node.id}`,
    ...isMixed ? [node.kind] : [],
    formatIdList(node.cpus) || "-",
    node.memory.totalBytes === null ? "?" : humanBytes(node.memory.totalBytes),
    humanBytes(node.memory.allocatableBytes),
    ...sizes.map((size) => poolText(node.hugepages.find((pool) => pool.pageSize === size))),
  ]);
  const poolHeads = sizes.map((size) => `${humanBytes(size)} PAGES`);
  const ids = nodes.map(({ id }) => `${id}`);
  const distanceRows = nodes.map((
    { id, distances },
  ) => [`${id}`, ...ids.map((to) => `${distances[to] ?? "?"}`)]);
  const deviceRows = devices.map((device) => [
    device.name,
    `${device.numaNode}`,
    humanBytes(device.pageSize),
    humanBytes(device.capacityBytes),
    device.claimedBytes === null ? "?" : humanBytes(device.claimedBytes),
  ]);
  return [
    columns([
      ["NODE", ...isMixed ? ["KIND"] : [], "CPUS", "MEMORY", "FOR CLAIMS", ...poolHeads],
      ...nodeRows,
    ], indent),
    ...reservedHugepages.map(({ pageSize, pages }) => reservedText(pageSize, pages)),
    ...isMixed
      ? [
        "What is not dram is in none of the shipped DeviceClasses: claims get it by a class that selects its kind",
      ]
      : [],
    ...movable.length > 0
      ? [
        `All memory of NUMA node ${
          formatIdList(movable)
        } is in ZONE_MOVABLE: the kernel has none of it for itself`,
      ]
      : [],
    ...(offlineNodes.length > 0 ? [`Not online: ${formatIdList(offlineNodes)}`] : []),
    `Base page: ${humanBytes(pageSize)}`,
    "",
    columns([["DISTANCE", ...ids.map((id) => `TO ${id}`)], ...distanceRows], indent),
    ...speedTable(nodes, indent),
    "",
    columns([["DEVICE", "NODE", "PAGE", "CAPACITY", "CLAIMED"], ...deviceRows], indent),
  ].join("\n");
}

/** How fast each node's memory is and from where, after an empty line; nothing where all nodes are alike in that. */
function speedTable(nodes: readonly InspectedNode[], indent: number): string[] {
  const rows = nodes.map(({ id, tier, speed, nearestNodesWithCpus }) => ({
    id,
    known: [
      `${tier ?? "-"}`,
      speedText(speed, "read") || "-",
      speedText(speed, "write") || "-",
      formatIdList(nearestNodesWithCpus) || "-",
    ],
  }));
  if (new Set(rows.map(({ known }) => known.join("\t"))).size < 2 && nodes.every(isOfUnknownSpeed)) return [];
  const heads = ["SPEED", "TIER", "READ", "WRITE", "NEAREST CPUS"];
  return ["", columns([heads, ...rows.map(({ id, known }) => [`${id}`, ...known])], indent)];
}

function isOfUnknownSpeed({ speed }: InspectedNode): boolean {
  return Object.keys(speed).length === 0;
}

function poolText(pool: InspectedNode["hugepages"][number] | undefined): string {
  if (pool === undefined) return "-";
  const surplus = pool.surplus > 0 ? `, ${pool.surplus} surplus` : "";
  return `${pool.total} (${pool.free} free${surplus})`;
}

function numberOrNull(bytes: bigint | undefined): number | null {
  return bytes === undefined ? null : Number(bytes);
}
