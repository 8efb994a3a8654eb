import assert from "node:assert/strict";
import { companions } from "../../../core/topology/companions.ts";
import type { NumaNode } from "../../../core/topology/topology.ts";
import { GiB, nodeIds, numaNodeOf, topologyOf } from "../samples.ts";

const [zero, one, two, three] = nodeIds(0, 1, 2, 3);
assert.ok(zero !== undefined && one !== undefined && two !== undefined && three !== undefined);

function movable(id: number, distances: NumaNode["distances"]): NumaNode {
  return { ...numaNodeOf(id, GiB), movableOnly: true, distances };
}

Deno.test("a node whose memory is all in ZONE_MOVABLE has the nearest one with other memory beside it", () => {
  const distances = new Map([[zero, 20], [one, 14], [two, 10], [three, 12]]);
  const nodes = [numaNodeOf(0, GiB), numaNodeOf(1, GiB), movable(2, distances), numaNodeOf(3, 0n)];
  assert.deepEqual([...companions(topologyOf(nodes))], [[two, one]]);
});

Deno.test("of nodes that are as near, or whose distance is not known, the lowest is taken", () => {
  const nodes = [numaNodeOf(0, GiB), numaNodeOf(1, GiB), movable(2, new Map())];
  assert.deepEqual([...companions(topologyOf(nodes))], [[two, zero]]);
});

Deno.test("no node needs another on a machine that has other memory everywhere, and none can be had where there is none", () => {
  assert.equal(companions(topologyOf([numaNodeOf(0, GiB), numaNodeOf(1, 0n)])).size, 0);
  assert.equal(companions(topologyOf([movable(0, new Map())])).size, 0);
});
