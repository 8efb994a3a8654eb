import assert from "node:assert/strict";
import { SysfsTopology } from "../../../../adapters/driver/sysfs/sysfs_topology.ts";

const roots = { sysfsRoot: "/sys", procfsRoot: "/proc" };

Deno.test("this machine's own topology is read without an unreadable part", async () => {
  const topology = await new SysfsTopology(roots).read();
  assert.deepEqual(topology.unreadable, []);
  assert(topology.nodes.length > 0);
  assert((topology.machineMemoryBytes ?? 0n) > 0n);
});

Deno.test("the page size is the one that getconf tells", async () => {
  const { stdout } = await new Deno.Command("getconf", { args: ["PAGESIZE"] }).output();
  const topology = await new SysfsTopology(roots).read();
  assert.equal(topology.pageSize, BigInt(new TextDecoder().decode(stdout).trim()));
});

Deno.test("each node of this machine is at distance 10 to itself", async () => {
  const { nodes } = await new SysfsTopology(roots).read();
  assert.deepEqual(nodes.map(({ id, distances }) => distances.get(id)), nodes.map(() => 10));
});
