import { memoryKind } from "../../topology/memory_kind.ts";
import type { Topology } from "../../topology/topology.ts";
import type { NumaNodeId } from "../../values/ids.ts";
import type { HugePageProvision } from "./provision.ts";

/** The nodes that pages without a node are not spread over, since nobody gets their memory without naming them. */
export function leftOut(topology: Topology): NumaNodeId[] {
  return topology.nodes
    .filter((node) => node.memoryBytes !== 0n && memoryKind(node, topology) !== "dram")
    .map(({ id }) => id);
}

/** The same provision with a node for all of its pages where the kernel, asked for the sum, would spread them wider. */
export function withNodes(provision: HugePageProvision, topology: Topology): HugePageProvision {
  const out = leftOut(topology);
  if (out.length === 0) return provision;
  const nodes = topology.nodes.filter(({ id, memoryBytes }) => memoryBytes !== 0n && !out.includes(id));
  return {
    ...provision,
    pages: provision.pages.flatMap((wish) =>
      wish.numaNode !== undefined
        ? [wish]
        : [...spread(wish.count, nodes.map(({ id }) => id))].map(([numaNode, count]) => ({
          ...wish,
          numaNode,
          count,
        }))
    ),
  };
}

/** Spreads pages evenly over nodes; what cannot be divided goes to the nodes of the lowest ids, one page each. */
export function spread(count: bigint, nodes: readonly NumaNodeId[]): Map<NumaNodeId, bigint> {
  const size = BigInt(nodes.length);
  return new Map(
    [...nodes].sort((a, b) => a - b).map((node, index) => [
      node,
      count / size + (BigInt(index) < count % size ? 1n : 0n),
    ]),
  );
}
