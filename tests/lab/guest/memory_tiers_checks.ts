import assert from "node:assert/strict";
import type { Inspection } from "../../../cmd/inspect/inspection.ts";
import { labMachine } from "../machines.ts";

const machine = labMachine(Deno.env.get("LAB_MACHINE") ?? "");
const inspection = await inspect();

Deno.test("inspect tells how fast each node's memory is, as the firmware says", () => {
  assert.deepEqual(
    inspection.nodes.map(({ speed }) => speed),
    machine.nodes.map(({ speed }) => ({
      readBandwidthMebibytes: speed?.bandwidthMebibytes,
      writeBandwidthMebibytes: speed?.bandwidthMebibytes,
      readLatencyNanoseconds: speed?.latencyNanoseconds,
      writeLatencyNanoseconds: speed?.latencyNanoseconds,
    })),
  );
});

Deno.test("inspect counts the kernel's memory tiers from the fastest", () => {
  assert.deepEqual(inspection.nodes.map(({ tier }) => tier), [0, 0, 1]);
});

Deno.test("the node without CPUs is of a kind of its own, and names the node with CPUs that is nearest", () => {
  assert.deepEqual(inspection.nodes.map(({ kind }) => kind), ["dram", "dram", "cpuless"]);
  assert.deepEqual(inspection.nodes.map(({ nearestNodesWithCpus }) => nearestNodesWithCpus), [[], [], [1]]);
});

Deno.test("the devices say the same as their nodes", () => {
  const slow = inspection.devices.find(({ name }) => name === "hugepages-2m-numa2");
  const own = Object.entries(slow?.attributes ?? {}).filter(([name]) => name.startsWith("dra.memory/"));
  assert.deepEqual(Object.fromEntries(own), {
    "dra.memory/kind": { string: "cpuless" },
    "dra.memory/movableOnly": { bool: false },
    "dra.memory/tier": { int: 1 },
    "dra.memory/readBandwidthMebibytes": { int: 20480 },
    "dra.memory/writeBandwidthMebibytes": { int: 20480 },
    "dra.memory/readLatencyNanoseconds": { int: 250 },
    "dra.memory/writeLatencyNanoseconds": { int: 250 },
    "dra.memory/nearestNodesWithCPUs": { string: "1" },
  });
});

Deno.test("the table says it for people", async () => {
  const table = await shell("dramemory inspect");
  console.log(table);
  assert.match(table, /^2 +1 +20Gi\/s in 250 ns +20Gi\/s in 250 ns +1$/m);
});

async function inspect(): Promise<Inspection> {
  return JSON.parse(await shell("dramemory inspect -o json"));
}

async function shell(command: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
