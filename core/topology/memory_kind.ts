import type { MemoryOrigin } from "./memory_origin.ts";
import type { NumaNode, Topology } from "./topology.ts";

/**
 * What a node's memory is, as far as the kernel tells: `dram` beside processors; without any what it is made of, or
 * `cpuless` where nothing says that: it can be memory of an accelerator as well. Nobody gets other memory than that beside
 * processors without asking for it.
 */
export type MemoryKind = "dram" | "cpuless" | MemoryOrigin;

/** The kind of a node's memory. Where no node at all has CPUs, nothing is known of them. */
export function memoryKind(
  { cpus, origin }: Pick<NumaNode, "cpus" | "origin">,
  { nodes }: Pick<Topology, "nodes">,
): MemoryKind {
  const isBesideCpus = cpus.length > 0 || nodes.every((node) => node.cpus.length === 0);
  return isBesideCpus ? "dram" : origin ?? "cpuless";
}
