import type { NumaNode, Topology } from "./topology.ts";

/**
 * What a node's memory is, as far as the kernel tells: `dram` beside processors, or `cpuless`, which can be memory of an
 * accelerator, behind CXL, or high-bandwidth memory. Nobody gets the latter without asking for it.
 */
export type MemoryKind = "dram" | "cpuless";

/** The kind of a node's memory. Where no node at all has CPUs, nothing is known of them. */
export function memoryKind({ cpus }: Pick<NumaNode, "cpus">, { nodes }: Pick<Topology, "nodes">): MemoryKind {
  return cpus.length > 0 || nodes.every((node) => node.cpus.length === 0) ? "dram" : "cpuless";
}
