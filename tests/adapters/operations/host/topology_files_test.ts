import assert from "node:assert/strict";
import { SysfsTopology } from "../../../../adapters/driver/sysfs/sysfs_topology.ts";
import { readTopologyFiles } from "../../../../adapters/operations/host/topology_files.ts";
import { TopologyError } from "../../../../core/ports/topology_source.ts";
import { describeTopology, fixturesDirectory, rootsIn, withFiles } from "../../driver/sysfs/support.ts";

// What cannot be read there is not there elsewhere.
const fixtures = [...Deno.readDirSync(fixturesDirectory)]
  .filter(({ name, isDirectory }) => isDirectory && name !== "unreadable");
for (const { name } of fixtures) {
  Deno.test(`the files of ${name} give the same topology elsewhere`, async () => {
    const original = `${fixturesDirectory}/${name}`;
    const { files } = await readTopologyFiles(rootsIn(original));
    const copied = Object.fromEntries(files.map(({ path, content }) => [path, content]));
    await withFiles(copied, async (directory) => {
      assert.deepEqual(await described(directory), await described(original));
    });
  });
}

Deno.test("what is not there is left out, what cannot be read is told", () =>
  withFiles({ "proc/meminfo/x": "" }, async (directory) => {
    const { files, failures } = await readTopologyFiles(rootsIn(directory));
    assert.deepEqual(files, []);
    assert.deepEqual(failures.map(({ path }) => path), [`${directory}/proc/meminfo`]);
  }));

Deno.test("a damaged table of the firmware is told where a node has no CPUs, and the other files are there", () =>
  withFiles({
    "sys/devices/system/node/node1/cpulist": "\n",
    "sys/firmware/dmi/tables/DMI": "",
  }, async (directory) => {
    const { files, failures } = await readTopologyFiles(rootsIn(directory));
    assert.deepEqual(files.map(({ path }) => path), ["sys/devices/system/node/node1/cpulist"]);
    assert.deepEqual(failures.map(({ path }) => path), [`${directory}/sys/firmware/dmi/tables/DMI`]);
  }));

/** A topology, or why there is none. */
async function described(directory: string): Promise<string[] | string> {
  try {
    return describeTopology(await new SysfsTopology(rootsIn(directory)).read(), directory);
  } catch (error) {
    if (error instanceof TopologyError) return error.message.replaceAll(directory, "");
    throw error;
  }
}
