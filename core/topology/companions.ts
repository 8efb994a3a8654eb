import type { NumaNodeId } from "../values/ids.ts";
import type { NumaNode, Topology } from "./topology.ts";

/**
 * For each node whose memory is all in ZONE_MOVABLE the nearest one that has other memory, of the lowest id where several
 * are as near. A container that may use such a node alone cannot write to a pipe (ENOMEM, and no OOM event; runc cannot
 * even start it): what the kernel needs for itself has to come from somewhere. Empty on most machines.
 */
export function companions({ nodes }: Pick<Topology, "nodes">): Map<NumaNodeId, NumaNodeId> {
  const normal = nodes.filter(({ movableOnly, memoryBytes }) => !movableOnly && memoryBytes !== 0n);
  return new Map(
    nodes.filter(({ movableOnly }) => movableOnly).flatMap((node) => {
      const [nearest] = normal.toSorted((a, b) => distance(node, a) - distance(node, b) || a.id - b.id);
      return nearest === undefined ? [] : [[node.id, nearest.id]];
    }),
  );
}

/** One that is not known is farther than any that is. */
function distance({ distances }: NumaNode, { id }: NumaNode): number {
  return distances.get(id) ?? 1_000_000;
}
