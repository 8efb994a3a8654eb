import { numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import type { Topology } from "../../../core/topology/topology.ts";

/** A machine whose NUMA nodes are all alike, in a few words. */
export interface EvenMachine {
  /** Ids are 0, 1, 2 … */
  readonly nodes: number;
  /** The base page: `4k`. */
  readonly pageSize: string;
  /** Of each node, hugepages included: `8Gi`. */
  readonly memory: string;
  /** Pages of each node by their size: `{ "2m": 512 }`. */
  readonly hugepages: Readonly<Record<string, number>>;
}

/** Writes a machine out as the kernel would tell it. */
export function topologyOf(machine: EvenMachine): Topology {
  const ids = Array.from({ length: machine.nodes }, (_, index) => numaNodeId(index));
  const memoryBytes = parseQuantity(machine.memory);
  const pools = Object.entries(machine.hugepages).map(([size, pages]) => ({
    pageSize: parsePageSize(size),
    total: BigInt(pages),
    free: BigInt(pages),
    surplus: 0n,
  }));
  return {
    pageSize: parsePageSize(machine.pageSize),
    hugepageSizes: pools.map(({ pageSize }) => pageSize),
    nodes: ids.map((id) => ({
      id,
      cpus: [id],
      movableOnly: false,
      vmemmapBytes: 0n,
      distances: new Map(ids.map((other) => [other, id === other ? 10 : 20])),
      memoryBytes,
      hugepages: pools,
    })),
    reservedHugepages: new Map(),
    offlineNodes: [],
    machineMemoryBytes: memoryBytes * BigInt(machine.nodes),
    unreadable: [],
    assumed: [],
  };
}
