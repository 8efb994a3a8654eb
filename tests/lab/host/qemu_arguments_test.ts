import assert from "node:assert/strict";
import { type LabMachine, labMachine, labMachines } from "../machines.ts";
import { hugepageParameters, machineArguments } from "./qemu_arguments.ts";

const machine: LabMachine = {
  name: "sample",
  nodes: [
    { cpus: [0, 1], memoryMiB: 1024, hugepages: { "2m": 64 } },
    { cpus: [], memoryMiB: 2048, hugepages: { "2m": 32, "1g": 1 } },
    { cpus: [2], memoryMiB: 0, hugepages: {} },
  ],
  distances: [[10, 20, 30], [25, 10, 40], [35, 45, 10]],
  hugepageSizes: ["2m", "1g"],
  devices: [],
  checks: [],
};

Deno.test("a machine's arguments have its processors and memory in total and by node", () => {
  const text = machineArguments(machine).join(" ");
  assert.ok(text.includes("-smp 3 -m 3072M"));
  assert.ok(text.includes("-object memory-backend-ram,id=memory0,size=1024M"));
  assert.ok(text.includes("-numa node,nodeid=0,memdev=memory0,cpus=0,cpus=1 "));
  assert.ok(text.includes("-numa node,nodeid=1,memdev=memory1 "));
  assert.ok(text.includes("-numa node,nodeid=2,cpus=2 "));
});

Deno.test("distances are told in both directions and never from a node to itself", () => {
  const distances = machineArguments(machine).filter((argument) => argument.startsWith("dist,"));
  assert.equal(distances.length, 6);
  assert.ok(distances.includes("dist,src=0,dst=1,val=20"));
  assert.ok(distances.includes("dist,src=1,dst=0,val=25"));
});

Deno.test("the kernel is told the pools of each size by node", () => {
  assert.deepEqual(hugepageParameters(machine), [
    ...["hugepagesz=2M", "hugepages=0:64,1:32"],
    ...["hugepagesz=1G", "hugepages=1:1"],
  ]);
  assert.deepEqual(hugepageParameters(labMachine("no-hugepages")), []);
});

Deno.test("every machine of the lab has a distance between any two nodes and checks that exist", async () => {
  for (const { nodes, distances, checks } of labMachines) {
    assert.deepEqual(distances.map((row) => row.length), nodes.map(() => nodes.length));
    for (const name of checks) await Deno.stat(new URL(`../guest/${name}_checks.ts`, import.meta.url));
  }
});

Deno.test("a machine that the lab does not have is an error with those that it has", () => {
  assert.throws(() => labMachine("three-nodes"), /"three-nodes" .*one-node, two-nodes/);
});
