import type { NumaNodeId } from "../../../core/values/ids.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../../../core/values/resource_name.ts";
import type { Topology, UnreadablePart } from "../../../core/topology/topology.ts";
import type { UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import { type PoolSizes, readPoolSizes, readReservedPages } from "./hugepage_pools.ts";
import { readHighBandwidthNodes } from "./high_bandwidth_nodes.ts";
import type { NodeList } from "./node_list.ts";
import { readMemoryOrigins } from "./memory_origins.ts";
import { readMemoryTiers } from "./memory_tiers.ts";
import { type NodeReading, readNode } from "./node_reading.ts";
import { readSingleNode } from "./single_node.ts";
import type { TopologyRoots } from "./topology_roots.ts";

/** The parts of a machine's topology before they are put together. */
export interface Readings {
  readonly nodes: readonly NodeReading[];
  readonly offline: readonly NumaNodeId[];
  readonly globalPools: PoolSizes;
  /** Pages, see {@link readReservedPages}. */
  readonly reserved: ReadonlyMap<PageSize, bigint>;
  readonly failures: readonly UnreadableFileError[];
}

/**
 * Reads the online nodes, one after the other, each with its files at once: all together a large machine would need
 * hundreds open. Never rejects for what is in there.
 */
export async function readNodes(roots: TopologyRoots, list: NodeList): Promise<Readings> {
  const { sysfsRoot } = roots;
  const { online, offline, failures } = list;
  const globalDirectory = `${sysfsRoot}/kernel/mm/hugepages`;
  const globalPools = await readPoolSizes(globalDirectory);
  const reserved = await readReservedPages(globalDirectory, globalPools.pageSizes);
  const [tiers, origins] = await Promise.all([readMemoryTiers(sysfsRoot), readMemoryOrigins(sysfsRoot)]);
  const nodes: NodeReading[] = [];
  for (const id of online) {
    const node = await readNode(`${sysfsRoot}/devices/system/node/node${id}`, id, list);
    const tier = tiers.byNode.get(id), origin = origins.byNode.get(id);
    nodes.push({
      ...node,
      ...tier === undefined ? {} : { tier },
      ...origin === undefined ? {} : { origin },
    });
  }
  const unknown = nodes.filter(({ cpus, memoryBytes, origin }) =>
    cpus.length === 0 && memoryBytes !== 0n && origin === undefined
  );
  const highBandwidth = await readHighBandwidthNodes(roots, unknown.map(({ id }) => id));
  return {
    nodes: nodes.map((node) => highBandwidth.nodes.has(node.id) ? { ...node, origin: "hbm" } : node),
    offline,
    globalPools,
    reserved,
    failures: [...failures, ...tiers.failures, ...origins.failures, ...highBandwidth.failures],
  };
}

/** Reads a machine without NUMA, see {@link readSingleNode}. Never rejects for what is in there. */
export async function readOneNode(roots: TopologyRoots, memoryBytes: bigint): Promise<Readings> {
  const node = await readSingleNode(roots, memoryBytes);
  const { pageSizes } = node.hugepages;
  const reserved = await readReservedPages(`${roots.sysfsRoot}/kernel/mm/hugepages`, pageSizes);
  return { nodes: [node], offline: [], globalPools: { pageSizes: [], failures: [] }, reserved, failures: [] };
}

/** Puts together what was read of a machine's nodes. */
export function putTogether(
  { nodes, offline, globalPools, reserved, failures }: Readings,
): Pick<Topology, "hugepageSizes" | "reservedHugepages" | "nodes" | "offlineNodes" | "unreadable"> {
  const sizes = new Set(
    [globalPools, ...nodes.map(({ hugepages }) => hugepages)].flatMap((r) => r.pageSizes),
  );
  const hugepageSizes = [...sizes].sort((a, b) => Number(a - b));
  return {
    hugepageSizes,
    reservedHugepages: reserved,
    nodes: nodes.map(({ poisonedPages, hugepages, failures: _, ...node }) => ({
      ...node,
      ...(poisonedPages === 0n ? {} : { poisonedPages }),
      vmemmapBytes: 0n,
      hugepages: hugepages.pools,
    })),
    offlineNodes: offline,
    unreadable: [
      ...failures.map((error) => unreadablePart(error)),
      ...globalPools.failures.map(({ error }) => unreadablePart(error)),
      ...nodes.flatMap((node) => [...unreadableFiles(node), ...unreadablePools(node, hugepageSizes)]),
    ],
  };
}

function unreadableFiles({ id, failures }: NodeReading): UnreadablePart[] {
  return failures.map(({ error, resource }) => unreadablePart(error, id, resource));
}

/** The memory of a node is what its pools leave, so it is unknown as well when one of them is. */
function unreadablePools({ id, hugepages }: NodeReading, known: readonly PageSize[]): UnreadablePart[] {
  return hugepages.failures.flatMap(({ error, pageSizes }) => [
    ...(pageSizes === "every size" ? known : pageSizes).map((size) =>
      unreadablePart(error, id, hugepagesResource(size))
    ),
    unreadablePart(error, id, memoryResource),
  ]);
}

/** The part of the topology that an unreadable file leaves unknown. */
function unreadablePart(
  { path, reason }: UnreadableFileError,
  numaNode?: NumaNodeId,
  resource?: ResourceName,
): UnreadablePart {
  return {
    path,
    reason,
    ...(numaNode === undefined ? {} : { numaNode }),
    ...(resource === undefined ? {} : { resource }),
  };
}
