import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import {
  hugepageSizeOf,
  hugepagesResource,
  memoryResource,
  type ResourceName,
} from "../values/resource_name.ts";
import { type MemoryKind, memoryKind } from "../topology/memory_kind.ts";
import type { MemorySpeed } from "../topology/memory_speed.ts";
import { nearestNodesWithCpus, nodesOfSocket } from "../topology/near_nodes.ts";
import type { HugepagePool, NumaNode, Topology } from "../topology/topology.ts";
import type { ReservedMemory } from "./reserved_memory.ts";

/** One resource of one NUMA node: what a claim can be given a share of. */
export interface Device {
  /** The same after every restart: `memory-numa0`, `hugepages-2m-numa33`. */
  readonly name: string;
  readonly resource: ResourceName;
  readonly numaNode: NumaNodeId;
  readonly kind: MemoryKind;
  /** As of its node. */
  readonly movableOnly: boolean;
  /** As of its node. */
  readonly tier?: number;
  /** As of its node. */
  readonly speed?: MemorySpeed;
  /** The nodes with CPUs that are nearest to a node without; absent for one that has some. */
  readonly nearestNodesWithCpus?: readonly NumaNodeId[];
  /** The node and after it those of its socket that are nearest; absent where it has none beside it. */
  readonly nodesOfSocket?: readonly NumaNodeId[];
  /** What the capacity consists of. */
  readonly pageSize: PageSize;
  /** What all claims together can hold: a positive multiple of the page size, in bytes. */
  readonly capacityBytes: bigint;
}

/**
 * The devices of a machine: one for each resource and NUMA node that has at least one page to give, by
 * resource (memory first, then hugepages by ascending size) and node.
 *
 * Memory is the node's MemTotal less its hugepage pools and what these added to it, so that nothing is counted twice, less what is
 * reserved. A pool counts without its surplus pages: these are ordinary memory, borrowed until they are freed
 * (Documentation/admin-guide/mm/hugetlbpage.rst). What could not be read is not published.
 */
export function devicesOf(topology: Topology, reserved: ReservedMemory): Device[] {
  const memory = topology.nodes.map((node) =>
    device(memoryResource, node, topology, freeForClaims(topology, node), reserved)
  );
  const hugepages = topology.hugepageSizes.flatMap((size) =>
    topology.nodes.map((node) => {
      const pool = node.hugepages.find((candidate) => candidate.pageSize === size);
      const bytes = pool === undefined ? 0n : persistentBytes(pool);
      return device(hugepagesResource(size), node, topology, bytes, reserved);
    })
  );
  return [...memory, ...hugepages].filter(({ capacityBytes }) => capacityBytes > 0n);
}

/** The name of the device that a resource of a NUMA node is, whether there is anything of it or not. */
export function deviceName(resource: ResourceName, numaNode: NumaNodeId): string {
  return `${resource}-numa${numaNode}`;
}

/** The bytes of a pool that stay in it when they are freed. */
export function persistentBytes(pool: HugepagePool): bigint {
  return (pool.total - pool.surplus) * pool.pageSize;
}

function freeForClaims(topology: Topology, node: NumaNode): bigint {
  const unknown = topology.unreadable.some(({ numaNode, resource }) =>
    numaNode === node.id && resource === memoryResource
  );
  if (unknown || node.memoryBytes === undefined) return 0n;
  const memoryBytes = node.memoryBytes - node.vmemmapBytes;
  return node.hugepages.reduce((left, pool) => left - persistentBytes(pool), memoryBytes);
}

function device(
  resource: ResourceName,
  node: NumaNode,
  topology: Topology,
  bytes: bigint,
  reserved: ReservedMemory,
): Device {
  const pageSize = hugepageSizeOf(resource) ?? topology.pageSize;
  const withCpus = nearestNodesWithCpus(node, topology), ofSocket = nodesOfSocket(node, topology);
  const left = bytes - (reserved.get(node.id)?.get(resource) ?? 0n);
  return {
    name: deviceName(resource, node.id),
    resource,
    numaNode: node.id,
    kind: memoryKind(node, topology),
    movableOnly: node.movableOnly,
    ...(node.tier === undefined ? {} : { tier: node.tier }),
    ...(node.speed === undefined ? {} : { speed: node.speed }),
    ...(withCpus.length === 0 ? {} : { nearestNodesWithCpus: withCpus }),
    ...(ofSocket.length === 1 ? {} : { nodesOfSocket: ofSocket }),
    pageSize,
    capacityBytes: left > 0n ? left - left % pageSize : 0n,
  };
}
