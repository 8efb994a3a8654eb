import { InvalidIdError, type NumaNodeId, numaNodeId } from "../values/ids.ts";
import { PageSizeError, parseKubernetesPageSize } from "../values/page_size.ts";
import { parseQuantity, QuantityError } from "../values/quantity.ts";
import {
  hugepageSizeOf,
  hugepagesResource,
  memoryResource,
  type ResourceName,
} from "../values/resource_name.ts";
import type { Topology } from "../topology/topology.ts";

/** Bytes that the operator keeps from the driver, by NUMA node and resource. */
export type ReservedMemory = ReadonlyMap<NumaNodeId, ReadonlyMap<ResourceName, bigint>>;

/** A reservation that cannot be read or does not fit this machine. */
export class ReservedMemoryError extends Error {
  override name = "ReservedMemoryError";
}

/** Nothing is reserved. */
export const noReservedMemory: ReservedMemory = new Map();

/**
 * Reads a reservation in the form of the kubelet's `--reserved-memory`:
 * `0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi`. A node may come again with other resources, as the kubelet
 * has it. The empty text reserves nothing. Throws {@link ReservedMemoryError}.
 */
export function parseReservedMemory(text: string): ReservedMemory {
  const reserved = new Map<NumaNodeId, Map<ResourceName, bigint>>();
  if (text.trim() === "") return reserved;
  for (const group of text.split(";")) {
    const [, node, entries] = /^\s*(\d{1,4}):(.+)$/.exec(group) ?? [];
    if (node === undefined || entries === undefined) {
      throw refusal(group, "write it as 0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi");
    }
    const id = parseNode(node, group);
    const amounts = reserved.get(id) ?? new Map<ResourceName, bigint>();
    reserved.set(id, amounts);
    addAmounts(amounts, entries, group);
  }
  return reserved;
}

/**
 * Checks that every reservation names a node and a page size that the machine has. Throws
 * {@link ReservedMemoryError}.
 */
export function checkReservedMemory(reserved: ReservedMemory, topology: Topology): void {
  const known = new Set([...topology.nodes.map((node) => node.id), ...topology.offlineNodes]);
  for (const [node, amounts] of reserved) {
    if (!known.has(node)) throw refusal(`${node}:`, `this machine has no NUMA node ${node}`);
    for (const resource of amounts.keys()) {
      const size = hugepageSizeOf(resource);
      if (size !== undefined && !topology.hugepageSizes.includes(size)) {
        throw refusal(`${node}:`, `this machine has no ${resource}`);
      }
    }
  }
}

function parseNode(text: string, group: string): NumaNodeId {
  try {
    return numaNodeId(Number(text));
  } catch (cause) {
    if (!(cause instanceof InvalidIdError)) throw cause;
    throw refusal(group, cause.message, cause);
  }
}

function addAmounts(amounts: Map<ResourceName, bigint>, text: string, group: string): void {
  for (const entry of text.split(",")) {
    const [name = "", ...rest] = entry.trim().split("=");
    const quantity = rest.join("=");
    try {
      const resource = parseResource(name);
      const bytes = parseQuantity(quantity);
      const size = hugepageSizeOf(resource);
      if (amounts.has(resource)) throw refusal(group, `${name} is named twice`);
      if (size !== undefined && bytes % size !== 0n) {
        throw refusal(group, `${quantity} is no multiple of the page`);
      }
      amounts.set(resource, bytes);
    } catch (cause) {
      if (!(cause instanceof QuantityError || cause instanceof PageSizeError)) throw cause;
      throw refusal(group, cause.message, cause);
    }
  }
}

/** Kubernetes writes `hugepages-2Mi` where this driver's own resources say `hugepages-2m`. */
function parseResource(name: string): ResourceName {
  if (name === "memory") return memoryResource;
  const [, size] = /^hugepages-(.+)$/.exec(name) ?? [];
  if (size === undefined) throw new PageSizeError(`Unknown resource ${JSON.stringify(name)}`);
  return hugepagesResource(parseKubernetesPageSize(size));
}

function refusal(text: string, why: string, cause?: Error): ReservedMemoryError {
  return new ReservedMemoryError(`Cannot reserve memory: ${JSON.stringify(text)}: ${why}`, { cause });
}
