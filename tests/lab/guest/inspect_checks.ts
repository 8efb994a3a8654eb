import assert from "node:assert/strict";
import type { Inspection } from "../../../cmd/inspect/inspection.ts";
import { type HugepageSize, labMachine, type LabNode } from "../machines.ts";

const machine = labMachine(Deno.env.get("LAB_MACHINE") ?? "");
const mebibyte = 1 << 20;
const pageBytes: Readonly<Record<HugepageSize, number>> = { "2m": 2 * mebibyte, "1g": 1024 * mebibyte };
const inspection = await inspect();

Deno.test("inspect finds the nodes, CPUs, distances and hugepages that the machine was built with", () => {
  const { pageSize, hugepageSizes, nodes, offlineNodes } = inspection;
  assert.deepEqual({ pageSize, hugepageSizes, offlineNodes }, {
    pageSize: 4096,
    hugepageSizes: machine.hugepageSizes.map((size) => pageBytes[size]),
    offlineNodes: [],
  });
  assert.deepEqual(
    nodes.map(({ id, cpus, distances, hugepages }) => ({ id, cpus, distances, hugepages })),
    machine.nodes.map((node, id) => ({
      id,
      cpus: node.cpus,
      distances: { ...machine.distances[id] },
      hugepages: machine.hugepageSizes.map((size) => pool(node, size)),
    })),
  );
});

Deno.test("inspect counts a node's memory as the kernel does, and gives its pools to no one else", async () => {
  for (const { id, memory, hugepages } of inspection.nodes) {
    assert.equal(memory.totalBytes, await kernelMemTotal(id));
    const pools = hugepages.reduce((sum, { pageSize, total }) => sum + pageSize * total, 0);
    assert.equal(memory.allocatableBytes, memory.totalBytes - pools);
  }
});

Deno.test("inspect makes the devices that the machine has something to give for", () => {
  assert.deepEqual(inspection.devices.map(({ name }) => name), machine.devices);
});

async function inspect(): Promise<Inspection> {
  const { success, stdout, stderr } = await new Deno.Command("dramemory", {
    args: ["inspect", "-o", "json"],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function pool(node: LabNode, size: HugepageSize) {
  const pages = node.hugepages[size] ?? 0;
  return { pageSize: pageBytes[size], total: pages, free: pages, surplus: 0 };
}

/** Read by awk, so that nothing of the driver's own reading is used. */
async function kernelMemTotal(node: number): Promise<number> {
  const { stdout } = await new Deno.Command("awk", {
    args: ["/MemTotal/ { print $4 * 1024 }", `/sys/devices/system/node/node${node}/meminfo`],
  }).output();
  return Number(new TextDecoder().decode(stdout));
}
