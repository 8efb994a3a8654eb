import { formatIdList } from "../../values/id_list.ts";
import type { NumaNodeId } from "../../values/ids.ts";
import { formatKubernetesPageSize, type PageSize } from "../../values/page_size.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../../values/resource_name.ts";
import type { HugepagePool, NumaNode, Topology } from "../../topology/topology.ts";
import { type HugePageProvision, type PageWish, ProvisionError } from "./provision.ts";
import { leftOut, spread } from "./spread.ts";

/** A pool that somebody asks for. */
export interface WantedPool {
  readonly where: string;
  readonly numaNode: NumaNodeId;
  /** As it is now. */
  readonly pool: HugepagePool;
  /** How many pages it shall have. */
  readonly count: bigint;
}

/** The pools that a provision asks for, and what is wrong with the rest of it. */
export function wantedPools(
  { pages, defaultPageSize }: HugePageProvision,
  topology: Topology,
): { readonly wanted: WantedPool[]; readonly problems: string[] } {
  const wanted: WantedPool[] = [], problems: string[] = [];
  const collect = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      problems.push(...error.problems);
    }
  };
  if (defaultPageSize !== undefined) {
    collect(() => checkSize("spec.defaultHugepagesSize", defaultPageSize, topology));
  }
  for (const wish of pages) {
    collect(() => {
      const pools = poolsOfWish(wish, topology);
      checkContradictions(wish, pools, wanted);
      wanted.push(...pools);
    });
  }
  return { wanted, problems };
}

function poolsOfWish({ where, pageSize, count, numaNode }: PageWish, topology: Topology): WantedPool[] {
  checkSize(where, pageSize, topology);
  const nodes = numaNode === undefined
    ? nodesWithMemory(where, topology)
    : [nodeOf(where, numaNode, topology)];
  const counts = spread(count, nodes.map(({ id }) => id));
  return nodes.map((node) => ({
    where,
    numaNode: node.id,
    pool: poolOf(where, node, pageSize, topology),
    count: counts.get(node.id) ?? 0n,
  }));
}

function checkSize(where: string, size: PageSize, { hugepageSizes }: Topology): void {
  if (hugepageSizes.includes(size)) return;
  const known = hugepageSizes.map(formatKubernetesPageSize).join(", ");
  const remedy = known === "" ? "it has no hugepages at all" : `it has ${known}`;
  throw problem(where, `the kernel has no hugepages of ${formatKubernetesPageSize(size)} (${remedy})`);
}

function nodeOf(where: string, id: NumaNodeId, topology: Topology): NumaNode {
  const { nodes, offlineNodes } = topology;
  const node = nodes.find((node) => node.id === id);
  const online = `online are ${formatIdList(nodes.map(({ id }) => id))}`;
  if (offlineNodes.includes(id)) throw problem(where, `NUMA node ${id} is not online (${online})`);
  if (node === undefined) throw problem(where, `there is no NUMA node ${id} (${online})`);
  if (hasMemory(where, node, topology)) return node;
  throw problem(where, `NUMA node ${id} has no memory (choose another, or leave the node out)`);
}

function nodesWithMemory(where: string, topology: Topology): NumaNode[] {
  const out = leftOut(topology);
  return topology.nodes.filter((node) => hasMemory(where, node, topology) && !out.includes(node.id));
}

function hasMemory(where: string, { id, memoryBytes }: NumaNode, topology: Topology): boolean {
  if (memoryBytes === undefined) {
    throw problem(where, `the memory of NUMA node ${id} ${unreadable(topology, id, memoryResource)}`);
  }
  return memoryBytes > 0n;
}

function poolOf(
  where: string,
  { id, hugepages }: NumaNode,
  size: PageSize,
  topology: Topology,
): HugepagePool {
  const pool = hugepages.find(({ pageSize }) => pageSize === size);
  if (pool !== undefined) return pool;
  const reason = unreadable(topology, id, hugepagesResource(size));
  throw problem(where, `the pool of ${formatKubernetesPageSize(size)} on NUMA node ${id} ${reason}`);
}

function unreadable({ unreadable }: Topology, id: NumaNodeId, resource: ResourceName): string {
  const part = unreadable.find((part) => part.numaNode === id && part.resource === resource);
  return part === undefined ? "is not there" : `cannot be read: ${part.path}: ${part.reason}`;
}

function checkContradictions(
  { where, pageSize }: PageWish,
  pools: readonly WantedPool[],
  earlier: readonly WantedPool[],
): void {
  const taken = earlier.filter(({ pool }) => pools.some((other) => other.pool === pool));
  const [first] = taken;
  if (first === undefined) return;
  const nodes = formatIdList(
    taken.filter((pool) => pool.where === first.where).map(({ numaNode }) => numaNode),
  );
  throw problem(
    where,
    `${first.where} says already how many pages of ${
      formatKubernetesPageSize(pageSize)
    } NUMA node ${nodes} shall have ` +
      `(put them together, or name a node in each)`,
  );
}

function problem(where: string, reason: string): ProvisionError {
  return new ProvisionError([`Cannot provision ${where}: ${reason}`]);
}
