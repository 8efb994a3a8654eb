import type { Allocation, AllocationResult, PreparedClaim, ResourceClaim } from "../../core/claims/claim.ts";
import type { Device } from "../../core/devices/device.ts";
import { poolName } from "../../core/devices/pool.ts";
import { driverName } from "../../core/values/driver.ts";
import {
  type ClaimUid,
  claimUid,
  type NumaNodeId,
  numaNodeId,
  type PodUid,
  podUid,
} from "../../core/values/ids.ts";
import { type PageSize, pageSize } from "../../core/values/page_size.ts";
import { formatQuantity } from "../../core/values/quantity.ts";
import { hugepageSizeOf, parseResourceName } from "../../core/values/resource_name.ts";
import type { HugepagePool, NumaNode, Topology } from "../../core/topology/topology.ts";

export const KiB = 1n << 10n, MiB = 1n << 20n, GiB = 1n << 30n;
export const nodeName = "worker-1";
export const basePage = pageSize(4n * KiB);

export function uidOf(number: number): ClaimUid {
  return claimUid(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
}

export function podOf(number: number): { namespace: string; name: string; uid: PodUid } {
  return { namespace: "default", name: `pod-${number}`, uid: podUid(`pod-uid-${number}`) };
}

/** A device by its name, `hugepages-2m-numa1`. */
export function deviceOf(name: string, capacityBytes: bigint): Device {
  const [, resourceText = "", node = ""] = /^(.+)-numa(\d+)$/.exec(name) ?? [];
  const resource = parseResourceName(resourceText);
  return {
    name,
    resource,
    numaNode: numaNodeId(Number(node)),
    kind: "dram",
    movableOnly: false,
    pageSize: hugepageSizeOf(resource) ?? basePage,
    capacityBytes,
  };
}

/** An allocation of bytes from a device, for a request. */
export function allocationOf(name: string, bytes: bigint, request = "mem"): Allocation {
  const { resource, numaNode } = deviceOf(name, bytes);
  return { request, pool: poolName(nodeName, resource), device: name, resource, numaNode, bytes };
}

/** What the scheduler writes for a share of a device. */
export function resultOf(name: string, amount: bigint | string, request = "mem"): AllocationResult {
  const { resource } = deviceOf(name, 0n);
  const size = typeof amount === "string" ? amount : formatQuantity(amount);
  return {
    request,
    driver: driverName,
    pool: poolName(nodeName, resource),
    device: name,
    consumedCapacity: { size },
  };
}

export function referenceOf(number: number) {
  return { namespace: "default", name: `claim-${number}`, uid: uidOf(number) };
}

export function preparedClaim(number: number, allocations: readonly Allocation[], pod = 1): PreparedClaim {
  return { reference: referenceOf(number), pod: podOf(pod), allocations };
}

/** A claim as the cluster holds it, allocated and reserved for one pod. */
export function allocatedClaim(
  number: number,
  results: readonly AllocationResult[],
  pod = 1,
): ResourceClaim & Required<Pick<ResourceClaim, "allocation">> {
  return { reference: referenceOf(number), allocation: { results, configs: [] }, reservedFor: [podOf(pod)] };
}

export function poolOf(size: PageSize, total: bigint, surplus = 0n): HugepagePool {
  return { pageSize: size, total, free: total, surplus };
}

export function numaNodeOf(
  id: number,
  memoryBytes: bigint | undefined,
  hugepages: readonly HugepagePool[] = [],
): NumaNode {
  return {
    id: numaNodeId(id),
    cpus: [id],
    distances: new Map([[numaNodeId(id), 10]]),
    memoryBytes,
    movableOnly: false,
    vmemmapBytes: 0n,
    hugepages,
  };
}

/** A topology of the given nodes, with every page size that one of them has. */
export function topologyOf(nodes: readonly NumaNode[], more: Partial<Topology> = {}): Topology {
  const sizes = new Set(nodes.flatMap(({ hugepages }) => hugepages.map(({ pageSize }) => pageSize)));
  return {
    pageSize: basePage,
    hugepageSizes: [...sizes].sort((a, b) => Number(a - b)),
    nodes,
    reservedHugepages: new Map(),
    offlineNodes: [],
    machineMemoryBytes: nodes.reduce((sum, { memoryBytes = 0n }) => sum + memoryBytes, 0n),
    unreadable: [],
    assumed: [],
    ...more,
  };
}

export function nodeIds(...ids: number[]): NumaNodeId[] {
  return ids.map(numaNodeId);
}
