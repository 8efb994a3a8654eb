import { speedText } from "../../core/topology/memory_speed.ts";
import { humanBytes } from "../../core/values/human_bytes.ts";
import { formatIdList } from "../../core/values/id_list.ts";
import { columns } from "../ui/output.ts";
import { reservedText } from "../ui/reserved_text.ts";
import type { InspectedNode, Inspection } from "./inspection.ts";

/** An inspection for people, to be indented by some blanks. */
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
    deviceRows.length === 0
      ? "There is no device: none of the memory and hugepages above is for claims"
      : columns([["DEVICE", "NODE", "PAGE", "CAPACITY", "CLAIMED"], ...deviceRows], indent),
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
