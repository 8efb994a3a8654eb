import fc from "fast-check";
import assert from "node:assert/strict";
import { parseCpuMap } from "../../../../adapters/operations/copied_machine/copied_node.ts";
import { CopiedTopology } from "../../../../adapters/operations/copied_machine/copied_topology.ts";
import { pageSize } from "../../../../core/values/page_size.ts";
import {
  assertOnlyContentErrors,
  auxvBytes,
  describeTopology,
  mixed,
  rootsIn,
  withFiles,
} from "../../driver/sysfs/support.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const proc: Files = {
  "proc/self/auxv": auxvBytes([6n, 4096n, 0n, 0n]),
  "proc/meminfo": "MemTotal: 2048 kB\n",
};
const noAuxv = "the copy has no proc/self/auxv; --page-size says it";

function nodeFiles(id: number, distance: string): Record<string, string> {
  const directory = `sys/devices/system/node/node${id}`;
  return {
    [`${directory}/cpulist`]: `${id}\n`,
    [`${directory}/distance`]: distance,
    [`${directory}/meminfo`]: `Node ${id} MemTotal: 1024 kB\n`,
  };
}

const twoNodes: Files = {
  "sys/devices/system/node/online": "0-1\n",
  ...nodeFiles(0, "10 21\n"),
  ...nodeFiles(1, "21 10\n"),
};

async function reading(
  files: Files,
  size?: bigint,
): Promise<{ lines: string[]; assumed: readonly string[] }> {
  let result: { lines: string[]; assumed: readonly string[] } | undefined;
  await withFiles(files, async (directory) => {
    const given = size === undefined ? undefined : pageSize(size);
    const topology = await new CopiedTopology(rootsIn(directory), given).read();
    result = { lines: describeTopology(topology, directory), assumed: topology.assumed };
  });
  assert(result !== undefined);
  return result;
}

function without(files: Files, ...names: string[]): Files {
  return Object.fromEntries(
    Object.entries(files).filter(([path]) => !names.some((name) => path.endsWith(name))),
  );
}

Deno.test("of a complete copy nothing is assumed", async () => {
  const { lines, assumed } = await reading({ ...proc, ...twoNodes });
  assert.deepEqual(assumed, []);
  assert.deepEqual(lines, [
    "page 4k; hugepages none; 2097152 bytes; offline none",
    "node 0; cpus 0; 1048576 bytes; distances 0=10 1=21",
    "node 1; cpus 1; 1048576 bytes; distances 0=21 1=10",
  ]);
});

Deno.test("without /proc the nodes are there, and the page size is the usual one", async () => {
  const { lines, assumed } = await reading(twoNodes);
  assert.equal(lines[0], "page 4k; hugepages none; undefined bytes; offline none");
  assert.equal(lines.length, 3);
  assert.deepEqual(assumed, [`page size 4Ki, as most machines have: ${noAuxv}`]);
});

Deno.test("processors and hugepages tell the page size where the kernel does not", async () => {
  const pool = "sys/kernel/mm/hugepages/hugepages-524288kB/nr_hugepages";
  const cpuinfo = "processor\t: 0\nCPU architecture: 8\n";
  const { lines, assumed } = await reading({ ...twoNodes, [pool]: "0\n", "proc/cpuinfo": cpuinfo });
  assert.match(lines[0] ?? "", /^page 64k; hugepages 512m;/);
  assert.deepEqual(assumed, [
    `page size 64Ki, by its processors (arm64, proc/cpuinfo) and by its hugepages (512Mi): ${noAuxv}`,
  ]);
});

Deno.test("the page size of hwloc-gather-topology is taken", async () => {
  const { lines, assumed } = await reading({
    ...twoNodes,
    "proc/hwloc-nofile-info": "OSName: Linux\nPageSize: 65536\n",
  });
  assert.match(lines[0] ?? "", /^page 64k;/);
  assert.deepEqual(assumed, [`page size 64Ki, by proc/hwloc-nofile-info: ${noAuxv}`]);
});

Deno.test("a page size that is given is not assumed", async () => {
  const { lines, assumed } = await reading(twoNodes, 65536n);
  assert.match(lines[0] ?? "", /^page 64k;/);
  assert.deepEqual(assumed, []);
});

Deno.test("a page size that contradicts the copy's own is refused", async () => {
  await assert.rejects(reading({ ...proc, ...twoNodes }, 65536n), {
    name: "TopologyError",
    message: /the page size there is 4Ki, and --page-size says 64Ki$/,
  });
});

Deno.test("without the list of online nodes those are there that have a directory", async () => {
  const { lines, assumed } = await reading(without({ ...proc, ...twoNodes }, "online"));
  assert.equal(lines.length, 3);
  assert.deepEqual(assumed, [
    "online are the nodes that have a directory (0-1): the copy has no sys/devices/system/node/online",
  ]);
});

Deno.test("a damaged list of online nodes is named, and the nodes with a directory are shown", async () => {
  const { lines } = await reading({ ...proc, ...twoNodes, "sys/devices/system/node/online": "0-x\n" });
  assert.deepEqual(lines.slice(2), [
    "node 1; cpus 1; 1048576 bytes; distances 0=21 1=10",
    'unknown detail; sys/devices/system/node/online; expected a list such as 0-3,8, found "0-x"',
  ]);
});

Deno.test("what several nodes lack is said in one line", async () => {
  const { lines, assumed } = await reading(
    without({ ...proc, ...twoNodes }, "cpulist", "distance", "node1/meminfo"),
  );
  assert.deepEqual(lines.slice(1), [
    "node 0; cpus none; 1048576 bytes; distances none",
    "node 1; cpus none; undefined bytes; distances none",
  ]);
  assert.deepEqual(assumed, [
    "nodes 0-1: no distances: the copy has no distance",
    "nodes 0-1: no CPUs: the copy has neither cpulist nor cpumap",
    "node 1: no memory: the copy has no meminfo of it",
  ]);
});

Deno.test("the CPUs of old kernels come from their mask, exactly", async () => {
  const map = { "sys/devices/system/node/node1/cpumap": "00000001,80000003\n" };
  const { lines, assumed } = await reading({ ...proc, ...without(twoNodes, "node1/cpulist"), ...map });
  assert.match(lines[2] ?? "", /^node 1; cpus 0-1,31-32;/);
  assert.deepEqual(assumed, []);
});

Deno.test("the only node has all of the machine's memory where its own meminfo is missing", async () => {
  const files = {
    ...proc,
    ...without(nodeFiles(0, "10\n"), "meminfo"),
    "sys/devices/system/node/online": "0\n",
  };
  const { lines, assumed } = await reading(files);
  assert.equal(lines[1], "node 0; cpus 0; 2097152 bytes; distances 0=10");
  assert.deepEqual(assumed, ["node 0: all memory of the machine: the copy has no meminfo of it"]);
});

Deno.test("a copy without nodes is one node with the machine's memory", async () => {
  const { lines, assumed } = await reading({ ...proc, "proc/cpuinfo": "processor\t: 0\nprocessor\t: 1\n" });
  assert.equal(lines[1], "node 0; cpus 0-1; 2097152 bytes; distances 0=10");
  assert.deepEqual(assumed, [
    "one node 0 with all memory, CPUs and hugepages: the copy has no sys/devices/system/node",
  ]);
});

Deno.test("a copy with neither a node nor the machine's memory is an error that says what is wanted", async () => {
  await assert.rejects(reading({ "sys/devices/system/cpu/online": "0\n" }), {
    name: "TopologyError",
    message: /no NUMA node .* and proc\/meminfo is missing \(--procfs-root names it\)/,
  });
});

Deno.test("pools that lack a count are made up for as far as the number of pages is there", async () => {
  const pool = "sys/devices/system/node/node0/hugepages/hugepages-2048kB";
  const { lines, assumed } = await reading({ ...proc, ...twoNodes, [`${pool}/nr_hugepages`]: "8\n" });
  assert.match(lines[1] ?? "", /2m 8\/8\/0$/);
  assert.equal(lines.length, 3);
  assert.deepEqual(assumed, [
    "node 0: no page of 2Mi in use: the copy has no free_hugepages",
    "node 0: no surplus page of 2Mi: the copy has no surplus_hugepages",
  ]);
});

Deno.test("hugepages that only meminfo counts are no ordinary memory", async () => {
  const meminfo = "Node 0 MemTotal: 1024 kB\nNode 0 HugePages_Total:     3\nNode 0 HugePages_Free:     1\n";
  const files = {
    ...proc,
    ...twoNodes,
    "sys/devices/system/node/node0/meminfo": meminfo,
    "proc/meminfo": "MemTotal: 2048 kB\nHugepagesize:     2048 kB\n",
  };
  const { lines, assumed } = await reading(files);
  assert.match(lines[1] ?? "", /^node 0; .*; 2m 3\/1\/0$/);
  assert.deepEqual(assumed, [
    "node 0: pages of 2Mi as its meminfo counts them: the copy has no directory of its pools",
  ]);
  const unknown = await reading({ ...files, "proc/meminfo": "MemTotal: 2048 kB\n" });
  assert.match(unknown.lines.at(-1) ?? "", /^unknown memory of node 0; .* counts 3 hugepages/);
});

Deno.test("distances to a node that went offline meanwhile are taken", async () => {
  const { lines, assumed } = await reading({ ...proc, ...twoNodes, "sys/devices/system/node/online": "1\n" });
  assert.deepEqual(lines.slice(1), ["node 1; cpus 1; 1048576 bytes; distances 0=21 1=10"]);
  assert.deepEqual(assumed, ["node 1: distances to nodes that are not online as well: there are as many"]);
});

Deno.test("padding behind the text of any file changes nothing", async () => {
  const padded = (files: Files) =>
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === "string" ? `${content.trimEnd()} \n\0\0\0 \0` : content,
      ]),
    );
  const files = {
    ...twoNodes,
    "sys/devices/system/node/possible": "0-3",
    "proc/meminfo": proc["proc/meminfo"] ?? "",
  };
  const pool = "sys/devices/system/node/node0/hugepages/hugepages-2048kB";
  const pools = {
    [`${pool}/nr_hugepages`]: "8",
    [`${pool}/free_hugepages`]: "8",
    [`${pool}/surplus_hugepages`]: "0",
  };
  assert.deepEqual(await reading(padded({ ...files, ...pools })), await reading({ ...files, ...pools }));
});

Deno.test("a mask of CPUs is read as the numbers that were written", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat({ max: 200 }), { minLength: 1 }), (cpus) => {
    const mask = cpus.reduce((bits, cpu) => bits | 1n << BigInt(cpu), 0n).toString(16);
    const digits = mask.padStart(Math.ceil(mask.length / 8) * 8, "0");
    const text = (digits.match(/.{8}/g) ?? []).join(",");
    assert.deepEqual(parseCpuMap(`${text}\n`), cpus.toSorted((a, b) => a - b));
  }));
  assertOnlyContentErrors(mixed("0", "f", ",", "\n"), parseCpuMap);
});
