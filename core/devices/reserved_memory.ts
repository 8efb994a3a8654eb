import { countedPages } from "../values/counted_pages.ts";
import type { NumaNode, Topology } from "../topology/topology.ts";
import type { NumaNodeId } from "../values/ids.ts";
import { formatKubernetesPageSize, type PageSize } from "../values/page_size.ts";
import { humanBytes } from "../values/human_bytes.ts";
import { hugepageSizeOf, memoryResource, type ResourceName } from "../values/resource_name.ts";
import type { Reservation, ReservationRule } from "./reservation.ts";

/** Bytes that the operator keeps from the driver, by NUMA node and resource. */
export type ReservedMemory = ReadonlyMap<NumaNodeId, ReadonlyMap<ResourceName, bigint>>;

/** What a reservation comes to on a machine. */
export interface Reserved {
  readonly memory: ReservedMemory;
  /** What of it is for nodes and page sizes that this machine does not have, and counts for nothing: one line each. */
  readonly ignored: readonly string[];
  /** What came to something else than was written: one line each. */
  readonly notes: readonly string[];
}

/** Nothing is reserved. */
export const noReservedMemory: ReservedMemory = new Map();

/** Works out what a reservation comes to on a machine, also on nodes that are not online. */
export function reserveMemory(reservation: Reservation, topology: Topology): Reserved {
  const memory = new Map<NumaNodeId, Map<ResourceName, bigint>>();
  const ignored: string[] = [], notes: string[] = [];
  const known = [...topology.nodes.map(({ id }) => id), ...topology.offlineNodes];
  const take = (numaNode: NumaNodeId, { resource, text }: ReservationRule, bytes: bigint) => {
    const amounts = memory.get(numaNode) ?? new Map<ResourceName, bigint>();
    memory.set(numaNode, amounts.set(resource, bytes + (amounts.get(resource) ?? 0n)));
    const note = noteOf(numaNode, { resource, text }, bytes, topology.pageSize);
    if (note !== undefined) notes.push(note);
    const node = topology.nodes.find(({ id }) => id === numaNode);
    if (node !== undefined) notes.push(...emptied(node, { resource, text }, bytes));
  };
  for (const rule of reservation) {
    const size = hugepageSizeOf(rule.resource);
    if (size !== undefined && !topology.hugepageSizes.includes(size)) {
      ignored.push(`${rule.text}: this machine has no hugepages of ${formatKubernetesPageSize(size)}`);
      continue;
    }
    if (rule.numaNode === "every") {
      const named = reservation.filter(({ resource }) => resource === rule.resource).map(({ numaNode }) =>
        numaNode
      );
      for (const node of topology.nodes) {
        if (!named.includes(node.id)) take(node.id, rule, bytesOn(node, rule, topology));
      }
    } else if (known.includes(rule.numaNode)) {
      const node = topology.nodes.find(({ id }) => id === rule.numaNode);
      if (node !== undefined) take(rule.numaNode, rule, bytesOn(node, rule, topology));
    } else {
      ignored.push(`${rule.text}: this machine has no NUMA node ${rule.numaNode}`);
    }
  }
  return { memory, ignored, notes };
}

function bytesOn(node: NumaNode, { resource, amount }: ReservationRule, topology: Topology): bigint {
  switch (amount.kind) {
    case "bytes":
      return amount.bytes;
    case "percent":
      return dividedUp(totalOf(node, resource) * amount.hundredths, 10_000n);
    case "spread": {
      const all = topology.nodes.reduce((sum, each) => sum + totalOf(each, resource), 0n);
      return all === 0n ? 0n : dividedUp(amount.bytes * totalOf(node, resource), all);
    }
  }
}

/** All that a node has of a resource, surplus pages apart. */
function totalOf({ memoryBytes, hugepages }: NumaNode, resource: ResourceName): bigint {
  if (resource === memoryResource) return memoryBytes ?? 0n;
  const pool = hugepages.find(({ pageSize }) => pageSize === hugepageSizeOf(resource));
  return pool === undefined ? 0n : (pool.total - pool.surplus) * pool.pageSize;
}

/** That a reservation leaves nothing of what the node has, which is a misunderstanding as a rule. */
function emptied(
  node: NumaNode,
  { resource, text }: Pick<ReservationRule, "resource" | "text">,
  bytes: bigint,
): string[] {
  const total = totalOf(node, resource);
  const there = resource === memoryResource
    ? node.hugepages.reduce((left, pool) => left - (pool.total - pool.surplus) * pool.pageSize, total)
    : total;
  if (there <= 0n || bytes < there) return [];
  const size = hugepageSizeOf(resource);
  const what = size === undefined ? "memory" : `pages of ${formatKubernetesPageSize(size)}`;
  return [
    `${text} leaves nothing of the ${what} of NUMA node ${node.id} for claims: it has ${
      humanBytes(Number(there))
    }`,
  ];
}

/** Only whole pages can be kept: of a part of one the rest cannot be claimed either. */
function noteOf(
  numaNode: NumaNodeId,
  { resource, text }: Pick<ReservationRule, "resource" | "text">,
  bytes: bigint,
  basePage: PageSize,
): string | undefined {
  const size = hugepageSizeOf(resource);
  const whole = dividedUp(bytes, size ?? basePage) * (size ?? basePage);
  const isPlain = text.startsWith(`${numaNode}:`) && !text.endsWith("%") && whole === bytes;
  if (isPlain) return undefined;
  const pages = size === undefined ? "" : `, ${countedPages(whole / size, size)}`;
  return `${text} keeps ${humanBytes(Number(whole))} on NUMA node ${numaNode}${pages}`;
}

function dividedUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}
