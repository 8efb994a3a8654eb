import assert from "node:assert/strict";
import { SysfsTopology } from "../../../../adapters/driver/sysfs/sysfs_topology.ts";
import { TopologyError } from "../../../../core/ports/topology_source.ts";
import { auxvBytes, describeTopology, rootsIn, withFiles } from "./support.ts";

const proc = {
  "proc/self/auxv": auxvBytes([6n, 4096n, 0n, 0n]),
  "proc/meminfo": "MemTotal:    2048 kB\n",
};
const node0 = {
  "sys/devices/system/node/online": "0\n",
  "sys/devices/system/node/node0/cpulist": "0\n",
  "sys/devices/system/node/node0/distance": "10\n",
  "sys/devices/system/node/node0/meminfo": "Node 0 MemTotal:    1024 kB\n",
};

async function errorOfReading(files: Record<string, string | Uint8Array>): Promise<string> {
  let message = "";
  await withFiles(files, async (directory) => {
    await assert.rejects(new SysfsTopology(rootsIn(directory)).read(), (error) => {
      assert(error instanceof TopologyError);
      message = error.message.replaceAll(directory, "");
      return true;
    });
  });
  return message;
}

async function readingOf(files: Record<string, string | Uint8Array>): Promise<string[]> {
  let lines: string[] = [];
  await withFiles(files, async (directory) => {
    lines = describeTopology(await new SysfsTopology(rootsIn(directory)).read(), directory);
  });
  return lines;
}

Deno.test("without the auxiliary vector the error says which file to copy", async () => {
  assert.equal(
    await errorOfReading({ ...node0, "proc/meminfo": proc["proc/meminfo"] }),
    "Cannot read the topology from /proc/self/auxv: not found " +
      "(copy the machine's /proc/self/auxv there: it tells the page size)",
  );
});

Deno.test("without the machine's memory there is no topology", async () => {
  assert.equal(
    await errorOfReading({ ...node0, ...proc, "proc/meminfo": "MemFree: 1 kB\n" }),
    'Cannot read the topology from /proc/meminfo: has no line "MemTotal: <number> kB"',
  );
});

Deno.test("without the list of online nodes there is no topology", async () => {
  assert.equal(
    await errorOfReading({ ...proc, "sys/devices/system/node/node0/cpulist": "0\n" }),
    "Cannot read the topology from /sys/devices/system/node/online: not found",
  );
});

Deno.test("the firmware's table is read for a node without CPUs that has memory, and for no other", async () => {
  const machine = (cpus: string, kibibytes: number) => ({
    ...proc,
    ...node0,
    "sys/devices/system/node/online": "0-1\n",
    "sys/devices/system/node/node0/distance": "10 20\n",
    "sys/devices/system/node/node1/distance": "20 10\n",
    "sys/devices/system/node/node1/cpulist": `${cpus}\n`,
    "sys/devices/system/node/node1/meminfo": `Node 1 MemTotal: ${kibibytes} kB\n`,
    "sys/firmware/dmi/tables/DMI": "",
  });
  const failed = async (cpus: string, kibibytes: number) =>
    (await readingOf(machine(cpus, kibibytes))).filter((line) => line.startsWith("unknown"));
  assert.deepEqual(await failed("1", 1024), []);
  assert.deepEqual(await failed("", 0), []);
  assert.deepEqual(await failed("", 1024), [
    "unknown detail; sys/firmware/dmi/tables/DMI; ends at byte 0 without the structure that ends a table",
  ]);
});

Deno.test("where the bus of a DAX device says what a node's memory is, firmware is not asked", () =>
  withFiles({
    ...proc,
    ...node0,
    "sys/devices/system/node/node0/cpulist": "\n",
    "sys/devices/region0/dax0.0/target_node": "0\n",
    "sys/bus/dax/devices/.keep": "",
    "sys/firmware/dmi/tables/DMI": "",
  }, async (directory) => {
    const sys = `${directory}/sys`;
    await Deno.remove(`${sys}/bus/dax/devices/.keep`);
    await Deno.symlink(`${sys}/bus/cxl`, `${sys}/devices/region0/subsystem`);
    await Deno.symlink(`${sys}/bus/dax/drivers/kmem`, `${sys}/devices/region0/dax0.0/driver`);
    await Deno.symlink(`${sys}/devices/region0/dax0.0`, `${sys}/bus/dax/devices/dax0.0`);
    const { nodes, unreadable } = await new SysfsTopology(rootsIn(directory)).read();
    assert.deepEqual([nodes.map(({ origin }) => origin), unreadable], [["cxl"], []]);
  }));

Deno.test("a root that is no sysfs is refused instead of taken for a machine without NUMA", async () => {
  assert.equal(
    await errorOfReading({ ...proc, "sys/readme": "" }),
    "Cannot read the topology from /sys/devices/system: not found (is this a copy of /sys?)",
  );
});

Deno.test("without NUMA and a CPU directory, the CPUs come from /proc/cpuinfo", async () => {
  const files = { ...proc, "sys/devices/system/x": "", "proc/cpuinfo": "processor\t: 0\nprocessor\t: 1\n" };
  assert.deepEqual(await readingOf(files), [
    "page 4k; hugepages none; 2097152 bytes; offline none",
    "node 0; cpus 0-1; 2097152 bytes; distances 0=10",
  ]);
});

Deno.test("without NUMA, a damaged CPU list is named and the memory known", async () => {
  assert.deepEqual(await readingOf({ ...proc, "sys/devices/system/cpu/online": "x\n" }), [
    "page 4k; hugepages none; 2097152 bytes; offline none",
    "node 0; cpus none; 2097152 bytes; distances 0=10",
    'unknown detail of node 0; sys/devices/system/cpu/online; expected a list such as 0-3,8, found "x"',
  ]);
});

Deno.test("without NUMA, an unreadable directory of hugepages leaves the memory unknown", async () => {
  const files = { ...proc, "sys/devices/system/cpu/online": "0\n", "sys/kernel/mm/hugepages": "" };
  assert.equal(
    (await readingOf(files)).at(-1),
    "unknown memory of node 0; sys/kernel/mm/hugepages; not a directory",
  );
});

Deno.test("a size that only the kernel's list of sizes has is one of the machine", async () => {
  const files = { ...proc, ...node0, "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "0\n" };
  assert.deepEqual(await readingOf(files), [
    "page 4k; hugepages 2m; 2097152 bytes; offline none",
    "node 0; cpus 0; 1048576 bytes; distances 0=10",
  ]);
});

Deno.test("a node that is listed and has no directory is there, with its memory unknown", async () => {
  const files = { ...proc, ...node0, "sys/devices/system/node/online": "0-1\n" };
  assert.deepEqual((await readingOf(files)).slice(2), [
    "node 1; cpus none; undefined bytes; distances none",
    'unknown detail of node 0; sys/devices/system/node/node0/distance; expected 2 distances, found "10"',
    "unknown detail of node 1; sys/devices/system/node/node1/cpulist; not found",
    "unknown detail of node 1; sys/devices/system/node/node1/distance; not found",
    "unknown memory of node 1; sys/devices/system/node/node1/meminfo; not found",
  ]);
});

Deno.test("64 nodes with three page sizes are read, none with an unreadable part", async () => {
  const files: Record<string, string | Uint8Array> = { ...proc, "sys/devices/system/node/online": "0-63\n" };
  for (let node = 0; node < 64; node++) {
    const directory = `sys/devices/system/node/node${node}`;
    files[`${directory}/cpulist`] = `${node}\n`;
    files[`${directory}/distance`] = `${
      Array.from({ length: 64 }, (_, to) => to === node ? 10 : 20).join(" ")
    }\n`;
    files[`${directory}/meminfo`] = `Node ${node} MemTotal: ${1024 + node} kB\n`;
    for (const size of [64, 2048, 1048576]) {
      for (const name of ["nr", "free", "surplus"]) {
        files[`${directory}/hugepages/hugepages-${size}kB/${name}_hugepages`] = "0\n";
      }
    }
  }
  const [machine, ...nodes] = await readingOf(files);
  assert.equal(machine, "page 4k; hugepages 64k 2m 1g; 2097152 bytes; offline none");
  assert.equal(nodes.length, 64);
  assert.match(
    nodes[63] ?? "",
    /^node 63; cpus 63; 1113088 bytes; .* 63=10; 64k 0\/0\/0; 2m 0\/0\/0; 1g 0\/0\/0$/,
  );
});

Deno.test("each reading is of the files as they are now", async () => {
  await withFiles({ ...proc, ...node0 }, async (directory) => {
    const source = new SysfsTopology(rootsIn(directory));
    const before = await source.read();
    await Deno.writeTextFile(`${directory}/sys/devices/system/node/node0/meminfo`, "Node 0 MemTotal: 8 kB\n");
    const after = await source.read();
    assert.deepEqual([before, after].map(({ nodes }) => nodes[0]?.memoryBytes), [1048576n, 8192n]);
  });
});

const node1 = {
  "sys/devices/system/node/online": "0-1\n",
  "sys/devices/system/node/node0/distance": "10 20\n",
  "sys/devices/system/node/node1/cpulist": "\n",
  "sys/devices/system/node/node1/distance": "20 10\n",
  "sys/devices/system/node/node1/meminfo": "Node 1 MemTotal:    1024 kB\n",
};
for (
  const [what, normal, expected] of [
    ["of which none is outside of ZONE_MOVABLE is told", "0\n", [false, true]],
    ["has some outside of ZONE_MOVABLE is not told apart", "0-1\n", [false, false]],
    ["is not told apart where the kernel says nothing of it", undefined, [false, false]],
    ["is not told apart where what the kernel says cannot be read", "some\n", [false, false]],
  ] as const
) {
  Deno.test(`a node whose memory ${what}`, () => {
    const list = normal === undefined ? {} : { "sys/devices/system/node/has_normal_memory": normal };
    return withFiles({ ...node0, ...proc, ...node1, ...list }, async (directory) => {
      const { nodes } = await new SysfsTopology(rootsIn(directory)).read();
      assert.deepEqual(nodes.map(({ movableOnly }) => movableOnly), expected);
    });
  });
}

Deno.test("a node without memory is not one whose memory is all movable", () => {
  const empty = {
    "sys/devices/system/node/node1/meminfo": "Node 1 MemTotal:    0 kB\n",
    "sys/devices/system/node/has_normal_memory": "0\n",
  };
  return withFiles({ ...node0, ...proc, ...node1, ...empty }, async (directory) => {
    const { nodes } = await new SysfsTopology(rootsIn(directory)).read();
    assert.deepEqual(nodes.map(({ movableOnly }) => movableOnly), [false, false]);
  });
});

Deno.test("pages that the hardware has corrupted are told of the node that they are on, where there are any", () => {
  const file = (node: number) => `sys/devices/system/node/node${node}/memory_failure/total`;
  return withFiles({ ...node0, ...proc, ...node1, [file(0)]: "0\n", [file(1)]: "3\n" }, async (directory) => {
    const { nodes } = await new SysfsTopology(rootsIn(directory)).read();
    assert.deepEqual(nodes.map((node) => node.poisonedPages), [undefined, 3n]);
    assert.ok(nodes[0] !== undefined && !("poisonedPages" in nodes[0]));
  });
});

Deno.test("reserved pages are those that the kernel counts for the whole machine, of sizes that have any", () => {
  const pool = "sys/kernel/mm/hugepages/hugepages-";
  const pools = {
    [`${pool}2048kB/resv_hugepages`]: "40\n",
    [`${pool}1048576kB/resv_hugepages`]: "0\n",
    [`${pool}64kB/nr_hugepages`]: "0\n",
  };
  return withFiles({ ...node0, ...proc, ...pools }, async (directory) => {
    const { reservedHugepages } = await new SysfsTopology(rootsIn(directory)).read();
    assert.deepEqual([...reservedHugepages], [[2n << 20n, 40n]]);
  });
});
