import assert from "node:assert/strict";
import { nodesAt, tryMemory } from "../../../../adapters/operations/own_container/memory_trial.ts";
import { pageSize } from "../../../../core/values/page_size.ts";

const maps = `55e0c8a00000 default file=/bin/app mapped=2 N0=2 kernelpagesize_kB=4
7f2c00000000 bind:1 file=/anon_hugepage\\040(deleted) huge anon=3 dirty=3 N0=1 N1=2 kernelpagesize_kB=2048
7f2c40000000 default
7ffd1c000000 default stack anon=4 dirty=4 N1=4 kernelpagesize_kB=4
`;

Deno.test("the nodes of a mapping are those of the line that its address falls into", () => {
  assert.deepEqual(nodesAt(maps, 0x7f2c00000000n), [0, 1]);
  assert.deepEqual(nodesAt(maps, 0x7f2c00200000n), [0, 1]);
  assert.deepEqual(nodesAt(maps, 0x7ffd1c000000n), [1]);
});

Deno.test("a mapping without pages is on no node, and so is an address before all of them", () => {
  assert.deepEqual(nodesAt(maps, 0x7f2c40000000n), []);
  assert.deepEqual(nodesAt(maps, 0x1000n), []);
  assert.deepEqual(nodesAt("", 0x1000n), []);
});

Deno.test("ordinary memory of this machine is somewhere, where the kernel tells", async () => {
  const trial = await tryMemory(undefined);
  assert.equal(trial.kind, "touched");
  const tells = await Deno.stat("/proc/self/numa_maps").then(() => true, () => false);
  assert.equal(trial.kind === "touched" && trial.numaNodes.length > 0, tells);
});

Deno.test("a page size that the kernel does not have is told as such", async () => {
  assert.deepEqual(await tryMemory(pageSize(1n << 15n)), {
    kind: "failed",
    reason: "the kernel gives none",
  });
});
