import assert from "node:assert/strict";
import { SysfsTopology } from "../../../../adapters/driver/sysfs/sysfs_topology.ts";
import { expectedTopologies } from "./_expected_topologies.ts";
import { describeTopology, fixturesDirectory, rootsIn } from "./support.ts";

for (const [name, expected] of Object.entries(expectedTopologies)) {
  Deno.test(`the sample tree ${name} is read as the machine that it is`, async () => {
    const directory = `${fixturesDirectory}/${name}`;
    const topology = await new SysfsTopology(rootsIn(directory)).read();
    assert.deepEqual(describeTopology(topology, directory), expected);
  });
}

Deno.test("every sample tree has an expectation and a row in the README", async () => {
  const entries = await Array.fromAsync(Deno.readDir(fixturesDirectory));
  const trees = entries.filter((entry) => entry.isDirectory).map((entry) => entry.name).sort();
  const readme = await Deno.readTextFile(`${fixturesDirectory}/README.md`);
  const rows = [...readme.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name).sort();
  assert.deepEqual(Object.keys(expectedTopologies).sort(), trees);
  assert.deepEqual(rows, trees);
});
