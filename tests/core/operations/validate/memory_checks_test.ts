import assert from "node:assert/strict";
import { checkMemory } from "../../../../core/operations/validate/memory_checks.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import type { PageMoveFacts } from "../../../../core/operations/ports/node_facts.ts";
import { TopologyError } from "../../../../core/ports/topology_source.ts";
import type { Topology } from "../../../../core/topology/topology.ts";
import { SampleTopology } from "../../fakes/sample_topology.ts";
import { GiB, KiB, numaNodeOf, poolOf, topologyOf } from "../../samples.ts";
import { outcomes } from "./facts.ts";

const page2m = parsePageSize("2m");
const twoNodes = [
  numaNodeOf(0, 16n * GiB, [poolOf(page2m, 512n)]),
  numaNodeOf(1, 16n * GiB, [poolOf(page2m, 0n)]),
];

const still: PageMoveFacts = { demotion: false, mergingAcrossNodes: false };

function check(topology: Topology, moves = still) {
  return checkMemory(new SampleTopology(topology), moves);
}

Deno.test("a node with hugepages whose memory adds up passes, and the pools are told by node", async () => {
  const results = await check(topologyOf(twoNodes));
  assert.deepEqual(outcomes(results), ["pass hugepage-pools", "pass node-memory"]);
  assert.deepEqual(results.map(({ message }) => message), ["512 of 2Mi on node 0", "32Gi on 2 NUMA nodes"]);
});

Deno.test("empty pools are a warning, since memory can be claimed all the same", async () => {
  const empty = [numaNodeOf(0, GiB, [poolOf(page2m, 0n)])];
  assert.deepEqual(outcomes(await check(topologyOf(empty))), ["warn hugepage-pools", "pass node-memory"]);
});

Deno.test("a kernel without hugepages is a warning", async () => {
  assert.deepEqual(outcomes(await check(topologyOf([numaNodeOf(0, GiB)]))), [
    "warn hugepage-pools",
    "pass node-memory",
  ]);
});

for (const [sign, difference] of Object.entries({ less: -4n * KiB, more: 4n * KiB })) {
  Deno.test(`nodes that have ${sign} than the machine are a warning that says which figure is published`, async () => {
    const [, result] = await check(topologyOf(twoNodes, { machineMemoryBytes: 32n * GiB - difference }));
    assert.equal(result?.outcome, "warn");
    assert.equal(
      result?.message,
      `the NUMA nodes have 32Gi together, 4Ki ${sign} than the 32Gi of /proc/meminfo: the nodes' figures are published`,
    );
  });
}

Deno.test("what cannot be read is named", async () => {
  const unreadable = [{ path: "/a", reason: "not found" }, { path: "/b", reason: "not found" }];
  const [, result] = await check(topologyOf(twoNodes, { unreadable }));
  assert.equal(result?.outcome, "warn");
  assert.match(result?.message ?? "", /^cannot read \/a: not found, and 1 more;/);
});

Deno.test("without a topology there is nothing to publish, and the daemon does not start", async () => {
  const nothing = { read: () => Promise.reject(new TopologyError("/sys", "not found")) };
  const results = await checkMemory(nothing, { demotion: true, mergingAcrossNodes: true });
  assert.deepEqual(outcomes(results), ["fatal node-memory"]);
});

Deno.test("free pages that mappings have reserved are told beside the pools", async () => {
  const [result] = await check(topologyOf(twoNodes, { reservedHugepages: new Map([[page2m, 40n]]) }));
  assert.equal(result?.message, "512 of 2Mi on node 0; 40 of 2Mi that are free are reserved");
});

Deno.test("a node whose memory is all in ZONE_MOVABLE is a warning of its own", async () => {
  const [node0, node1] = twoNodes;
  assert(node0 !== undefined && node1 !== undefined);
  const results = await check(topologyOf([node0, { ...node1, movableOnly: true }]));
  assert.deepEqual(outcomes(results), ["pass hugepage-pools", "pass node-memory", "warn memory-zones"]);
  assert.match(results.at(-1)?.message ?? "", /all memory of NUMA node 1 is in ZONE_MOVABLE/);
});

const moves = {
  "memory-demotion": { ...still, demotion: true },
  "memory-merging": { ...still, mergingAcrossNodes: true },
};
for (const [name, facts] of Object.entries(moves)) {
  Deno.test(`${name} is a warning of its own where there are several nodes, and nothing where there is one`, async () => {
    const usual = ["pass hugepage-pools", "pass node-memory"];
    assert.deepEqual(outcomes(await check(topologyOf(twoNodes), facts)), [...usual, `warn ${name}`]);
    assert.deepEqual(outcomes(await check(topologyOf(twoNodes.slice(0, 1)), facts)), usual);
  });
}
