import assert from "node:assert/strict";
import { OwnMemoryMax } from "../../../core/claims/own_memory_max.ts";
import { RaisedLimits } from "../../../core/claims/raised_limits.ts";
import type { MemoryLimit } from "../../../core/claims/memory_limits.ts";
import type { Container } from "../../../core/ports/container_service.ts";
import { containerId } from "../../../core/values/ids.ts";
import { MemoryNode } from "../fakes/memory_node.ts";
import { GiB, MiB } from "../samples.ts";

function containerWith(name: string, max: MemoryLimit): Container {
  const applied = { mems: "0", memory: { max }, hugetlbBytes: new Map() };
  return { id: containerId(name), name, environment: [], applied };
}

const raised = { mems: "0", memory: { max: GiB + 128n * MiB }, hugetlbBytes: new Map() };

Deno.test("what a container has is its own until it was raised, and what it had before from then on", async () => {
  const own = new OwnMemoryMax(new RaisedLimits(new MemoryNode().bases));
  assert.equal(own.of(containerWith("app", 128n * MiB)), 128n * MiB);
  await own.keep(containerWith("app", 128n * MiB), raised);
  assert.equal(own.of(containerWith("app", raised.memory.max)), 128n * MiB);
  assert.equal(own.of(containerWith("other", raised.memory.max)), raised.memory.max);
  await own.forget(containerId("app"));
  assert.equal(own.of(containerWith("app", raised.memory.max)), raised.memory.max);
});

Deno.test("what an update asks for is the container's own, and one that has no limit has none", () => {
  const own = new OwnMemoryMax(new RaisedLimits(new MemoryNode().bases));
  assert.equal(own.of({ ...containerWith("app", "max"), askedMemoryMax: MiB }), MiB);
  const { memory: _, ...applied } = containerWith("app", "max").applied;
  assert.equal(own.of({ ...containerWith("app", "max"), applied }), "max");
});

Deno.test("only containers that exist no more are forgotten, and no pods", async () => {
  const { bases } = new MemoryNode(), limits = new RaisedLimits(bases), own = new OwnMemoryMax(limits);
  await limits.set("/kubepods/pod1/memory.max", { base: MiB, written: GiB });
  for (const name of ["gone", "app"]) await own.keep(containerWith(name, MiB), raised);
  await own.keepOnly([{ id: containerId("app") }]);
  assert.deepEqual(limits.keys(), ["/kubepods/pod1/memory.max", "container app"]);
});

Deno.test("where memory is left alone, nothing is kept: a container has what the runtime says", async () => {
  const own = new OwnMemoryMax(undefined);
  await own.keep(containerWith("app", MiB), raised);
  await own.keepOnly([]);
  assert.equal(own.of(containerWith("app", raised.memory.max)), raised.memory.max);
});
