import type { NumaNodeId } from "../../values/ids.ts";

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
