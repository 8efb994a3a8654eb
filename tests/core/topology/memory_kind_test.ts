import assert from "node:assert/strict";
import { memoryKind } from "../../../core/topology/memory_kind.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { GiB, numaNodeOf, topologyOf } from "../samples.ts";

const withCpus = numaNodeOf(0, GiB), without = { ...numaNodeOf(1, GiB), cpus: [] };

Deno.test("memory beside CPUs is dram, and other memory of the same machine cpuless", () => {
  const topology = topologyOf([withCpus, without]);
  assert.deepEqual(topology.nodes.map((node) => memoryKind(node, topology)), ["dram", "cpuless"]);
});

Deno.test("where no CPU of any node is known, memory is taken for what it is as a rule", () => {
  const topology = topologyOf([without]);
  assert.deepEqual(topology.nodes.map((node) => memoryKind(node, topology)), ["dram"]);
});

Deno.test("memory without CPUs is what it is made of, where that is known; beside CPUs it is the machine's ordinary memory", () => {
  const topology = topologyOf([
    { ...withCpus, origin: "hbm" },
    { ...without, origin: "cxl" },
    { ...without, id: numaNodeId(2), origin: "pmem" },
  ]);
  assert.deepEqual(topology.nodes.map((node) => memoryKind(node, topology)), ["dram", "cxl", "pmem"]);
});
