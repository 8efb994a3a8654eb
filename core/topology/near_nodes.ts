import type { NumaNodeId } from "../values/ids.ts";
import type { NumaNode, Topology } from "./topology.ts";

/**
 * The nodes with CPUs that are nearest to one without, ascending; empty for a node that has some, and where the kernel does
 * not tell. What the firmware says of performance (HMAT) counts before distances.
 */
export function nearestNodesWithCpus(node: NumaNode, { nodes }: Pick<Topology, "nodes">): NumaNodeId[] {
  if (node.cpus.length > 0) return [];
  const withCpus = nodes.filter(({ cpus }) => cpus.length > 0).map(({ id }) => id);
  const named = withCpus.filter((id) => node.initiators?.includes(id));
  return named.length > 0 ? named : nearest(node, withCpus);
}

/**
 * A node, and after it those of the same socket that are nearest to it, ascending: the list form of the standard attribute
 * `numaNode` (`k8s.io/dynamic-resource-allocation/deviceattribute`). Of a node without CPUs the socket is not known, and
 * it is not left out for that.
 */
export function nodesOfSocket(node: NumaNode, { nodes }: Pick<Topology, "nodes">): NumaNodeId[] {
  const others = nodes.filter(({ id }) => id !== node.id);
  const near = nearest(node, others.map(({ id }) => id));
  const isElsewhere = ({ socket }: NumaNode) =>
    node.socket !== undefined && socket !== undefined && socket !== node.socket;
  return [
    node.id,
    ...others.filter((other) => near.includes(other.id) && !isElsewhere(other)).map(({ id }) => id),
  ];
}

/** Those of some nodes that are at the least distance; none where no distance is known. */
function nearest({ distances }: NumaNode, ids: readonly NumaNodeId[]): NumaNodeId[] {
  const least = Math.min(...ids.flatMap((id) => distances.get(id) ?? []));
  return ids.filter((id) => distances.get(id) === least);
}
