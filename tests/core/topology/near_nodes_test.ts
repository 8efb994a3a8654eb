import assert from "node:assert/strict";
import { nearestNodesWithCpus, nodesOfSocket } from "../../../core/topology/near_nodes.ts";
import type { NumaNode } from "../../../core/topology/topology.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { GiB, nodeIds, numaNodeOf, topologyOf } from "../samples.ts";

/** A node with its distances to the nodes 0, 1, 2 and so on; with a CPU unless its socket is undefined. */
function nodeOf(id: number, distances: readonly number[], socket?: number): NumaNode {
  return {
    ...numaNodeOf(id, GiB),
    cpus: socket === undefined ? [] : [id],
    distances: new Map(distances.map((distance, to) => [numaNodeId(to), distance])),
    ...socket === undefined ? {} : { socket },
  };
}

const twoSockets = topologyOf([
  nodeOf(0, [10, 12, 32, 32, 14, 20], 0),
  nodeOf(1, [12, 10, 32, 32, 20, 20], 0),
  nodeOf(2, [32, 32, 10, 32, 32, 20], 1),
  nodeOf(3, [32, 32, 32, 10, 32, 20], 1),
  nodeOf(4, [14, 14, 32, 32, 10, 40]),
  { ...nodeOf(5, [40, 40, 20, 20, 40, 10]), initiators: nodeIds(3) },
]);

Deno.test("a node without CPUs has the nearest nodes that have some, several where they are as near", () => {
  const nearest = twoSockets.nodes.slice(0, 5).map((node) => nearestNodesWithCpus(node, twoSockets));
  assert.deepEqual(nearest, [[], [], [], [], [0, 1]]);
});

Deno.test("what the firmware says of performance counts before distances, as far as those nodes have CPUs", () => {
  const [node] = twoSockets.nodes.slice(5);
  assert.ok(node);
  assert.deepEqual(nearestNodesWithCpus(node, twoSockets), [3]);
  assert.deepEqual(nearestNodesWithCpus({ ...node, initiators: nodeIds(4) }, twoSockets), [2, 3]);
});

Deno.test("where no distance is known, no node is near", () => {
  const [node] = twoSockets.nodes.slice(4, 5).map((node) => ({ ...node, distances: new Map() }));
  assert.ok(node);
  assert.deepEqual(nearestNodesWithCpus(node, twoSockets), []);
  assert.deepEqual(nodesOfSocket(node, twoSockets), [4]);
});

Deno.test("a node's list has itself first, then those at the least distance that are not known to be of another socket", () => {
  const lists = twoSockets.nodes.map((node) => nodesOfSocket(node, twoSockets));
  // Node 2 is as near to all others but 5, and node 5 has no socket that is known.
  assert.deepEqual(lists, [[0, 1], [1, 0], [2, 5], [3, 5], [4, 0, 1], [5, 2, 3]]);
});

Deno.test("of nodes that are as near, those of another socket are left out", () => {
  const topology = topologyOf([
    nodeOf(0, [10, 20, 20], 0),
    nodeOf(1, [20, 10, 20], 0),
    nodeOf(2, [20, 20, 10], 1),
  ]);
  assert.deepEqual(topology.nodes.map((node) => nodesOfSocket(node, topology)), [[0, 1], [1, 0], [2]]);
});
