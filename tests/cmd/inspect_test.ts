import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { fixturesDirectory, withFiles } from "../adapters/driver/sysfs/support.ts";
import { allocationOf, MiB, preparedClaim } from "../core/samples.ts";
import { dramemory } from "./dramemory.ts";
import { expectedDevices } from "./_expected_devices.ts";
import { onCopyOf } from "./_hugepage_node.ts";

Deno.test("inspect -o json describes a machine's nodes in bytes and pages", async () => {
  const { code, stdout } = await inspect("two-numa", "-o", "json");
  const { nodes, devices, ...machine } = JSON.parse(stdout);
  assert.equal(code, 0);
  assert.deepEqual(machine, {
    pageSize: 4096,
    hugepageSizes: [2 << 20, 1 << 30],
    reservedHugepages: [],
    offlineNodes: [],
    assumed: [],
  });
  assert.deepEqual(nodes.map(({ id }: { id: number }) => id), [0, 1]);
  assert.deepEqual(nodes[0].distances, { 0: 10, 1: 21 });
  assert.deepEqual(nodes[1].hugepages[0], { pageSize: 2 << 20, total: 512, free: 500, surplus: 0 });
  assert.deepEqual(devices.at(-1), {
    name: "hugepages-1g-numa1",
    resource: "hugepages-1g",
    numaNode: 1,
    pageSize: 1 << 30,
    capacityBytes: 4 * 2 ** 30,
    claimedBytes: 0,
    attributes: {
      "resource.kubernetes.io/numaNode": { int: 1 },
      "resource.kubernetes.io/pageSize": { string: "1g" },
      "resource.kubernetes.io/hugeTLB": { bool: true },
      "dra.memory/kind": { string: "dram" },
      "dra.memory/movableOnly": { bool: false },
      "dra.cpu/numaNode": { int: 1 },
      "dra.cpu/numaNodeID": { int: 1 },
      "dra.net/numaNode": { int: 1 },
    },
  });
});

Deno.test("a machine of which everything is reserved has no devices, and no empty table of them", async () => {
  const all = "*:memory=100%,hugepages-2Mi=100%,hugepages-1Gi=100%";
  const { code, stdout } = await inspect("two-numa", `--reserved-memory=${all}`);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /\n\nThere is no device: none of the memory and hugepages above is for claims\n$/,
  );
  assert.doesNotMatch(stdout, /DEVICE/);
});

Deno.test("YAML and JSON say the same", async () => {
  const [json, yaml] = await Promise.all([
    inspect("sparse-ids", "-o", "json"),
    inspect("sparse-ids", "-o", "yaml"),
  ]);
  assert.deepEqual(parse(yaml.stdout), JSON.parse(json.stdout));
});

for (const [fixture, devices] of Object.entries(expectedDevices)) {
  Deno.test(`inspect finds the devices of ${fixture}`, async () => {
    const { stdout } = await inspect(fixture, "-o", "json");
    const found = JSON.parse(stdout).devices.map((device: { name: string; capacityBytes: number }) => [
      device.name,
      amount(device.capacityBytes),
    ]);
    assert.deepEqual(Object.fromEntries(found), devices);
  });
}

Deno.test("what cannot be read is named on stderr, the rest is shown, and the job has failed", async () => {
  const { code, stdout, stderr } = await inspect("unreadable");
  assert.equal(code, 1);
  assert.match(stdout, /^DEVICE/m);
  assert.match(stderr, /Cannot read .*nr_hugepages: .*is not published/);
});

const oneNode = {
  "sys/devices/system/node/node0/cpulist": "0-3\n\0\0",
  "sys/devices/system/node/node0/distance": "10\n",
  "sys/devices/system/node/node0/meminfo": "Node 0 MemTotal: 1024 kB\n",
};

Deno.test("a copy of a machine that lacks files is shown, and what is assumed is told on stderr and in JSON", async () => {
  await withFiles(oneNode, async (directory) => {
    const { code, stdout, stderr } = await dramemory(
      "inspect",
      "-o",
      "json",
      "--sysfs-root",
      `${directory}/sys`,
    );
    assert.equal(code, 0);
    const { pageSize, nodes, assumed } = JSON.parse(stdout);
    assert.deepEqual([pageSize, nodes[0].cpus], [4096, [0, 1, 2, 3]]);
    assert.deepEqual(assumed, [
      "online are the nodes that have a directory (0): the copy has no sys/devices/system/node/online",
      "page size 4Ki, as most machines have: the copy has no proc/self/auxv; --page-size says it",
    ]);
    assert.deepEqual(stderr, assumed.map((text: string) => `Assumed: ${text}\n`).join(""));
  });
});

Deno.test("--page-size says the page size of a copy, in any spelling, and of nothing else", async () => {
  await withFiles(oneNode, async (directory) => {
    const { stdout } = await dramemory("inspect", "--sysfs-root", `${directory}/sys`, "--page-size", "64kB");
    assert.match(stdout, /^Base page: 64Ki$/m);
  });
  const [live, wrong] = await Promise.all([
    dramemory("inspect", "--page-size", "64Ki"),
    dramemory("inspect", "--page-size", "65Ki"),
  ]);
  assert.deepEqual([live.code, wrong.code], [2, 2]);
  assert.match(live.stderr, /^--page-size is for a copy of another machine/);
  assert.match(wrong.stderr, /^--page-size: Cannot parse page size: "65Ki"/);
});

Deno.test("memory that no CPU is beside is told apart, with how it is claimed", async () => {
  const { stdout } = await inspect("cpu-less");
  assert.match(stdout, /^NODE +KIND +CPUS/);
  assert.match(stdout, /^0 +dram +0-/m);
  assert.match(stdout, /^1 +cpuless +- /m);
  assert.match(stdout, /none of the shipped DeviceClasses: .* by a class that selects its kind/);
  const { nodes, devices } = JSON.parse((await inspect("cpu-less", "-o", "json")).stdout);
  assert.deepEqual(nodes.map(({ kind }: { kind: string }) => kind), ["dram", "cpuless"]);
  assert.deepEqual(devices.at(-1).attributes["dra.memory/kind"], { string: "cpuless" });
});

Deno.test("memory without CPUs that firmware calls high-bandwidth memory is told as that", async () => {
  const [table, json] = await Promise.all([
    inspect("high-bandwidth"),
    inspect("high-bandwidth", "-o", "json"),
  ]);
  assert.match(table.stdout, /^0 +dram +0-7 /m);
  assert.match(table.stdout, /^1 +hbm +- /m);
  const { nodes, devices } = JSON.parse(json.stdout);
  assert.deepEqual(nodes.map(({ kind }: { kind: string }) => kind), ["dram", "hbm"]);
  assert.deepEqual(devices.at(1).attributes["dra.memory/kind"], { string: "hbm" });
});

Deno.test("tiers, speed and the nearest CPUs are told where the kernel does", async () => {
  const [{ stdout }, json, alike] = await Promise.all([
    inspect("memory-tiers"),
    inspect("memory-tiers", "-o", "json"),
    inspect("two-numa"),
  ]);
  assert.match(stdout, /^SPEED +TIER +READ +WRITE +NEAREST CPUS$/m);
  assert.match(stdout, /^0 +0 +128Gi\/s in 82 ns +120Gi\/s in 85 ns +-$/m);
  assert.match(stdout, /^2 +1 +26Gi\/s in 240 ns +19Gi\/s +1$/m);
  assert.doesNotMatch(alike.stdout, /^SPEED/m);
  const { id: _, kind, tier, speed, nearestNodesWithCpus } = JSON.parse(json.stdout).nodes[2];
  assert.deepEqual({ kind, tier, speed, nearestNodesWithCpus }, {
    kind: "cpuless",
    tier: 1,
    speed: { readBandwidthMebibytes: 26624, writeBandwidthMebibytes: 19456, readLatencyNanoseconds: 240 },
    nearestNodesWithCpus: [1],
  });
});

Deno.test("what is reserved is kept from the devices", async () => {
  const { stdout } = await inspect("two-numa", "-o", "json", "--reserved-memory", "0:hugepages-2Mi=48Mi");
  const device = JSON.parse(stdout).devices.find(({ name }: { name: string }) =>
    name === "hugepages-2m-numa0"
  );
  assert.equal(device.capacityBytes, (1024 - 24) * 2 ** 21);
});

Deno.test("what prepared claims hold is told by device", async () => {
  await onCopyOf("two-numa", async (node) => {
    await node.prepare(preparedClaim(7, [allocationOf("hugepages-2m-numa1", 6n * MiB)]));
    const [json, table] = await Promise.all([
      dramemory("inspect", "-o", "json", ...node.lookFlags()),
      dramemory("inspect", ...node.lookFlags()),
    ]);
    const devices: { name: string; claimedBytes: number }[] = JSON.parse(json.stdout).devices;
    assert.deepEqual(devices.filter(({ claimedBytes }) => claimedBytes > 0).map(({ name }) => name), [
      "hugepages-2m-numa1",
    ]);
    assert.match(table.stdout, /^hugepages-2m-numa1 +1 +2Mi +1Gi +6Mi$/m);
  });
});

Deno.test("where the record is damaged the rest is shown, and the job has failed", async () => {
  await onCopyOf("two-numa", async (node) => {
    await node.prepare(preparedClaim(7, []));
    const [record] = [...Deno.readDirSync(`${node.directory}/cdi`)];
    await node.write(`cdi/${record?.name}`, "{}");
    const { code, stdout, stderr } = await dramemory("inspect", ...node.lookFlags());
    assert.equal(code, 1);
    assert.match(stdout, /^hugepages-2m-numa1 +1 +2Mi +1Gi +\?$/m);
    assert.match(stderr, /^Cannot tell which pages prepared claims hold: /);
  });
});

Deno.test("YAML has no anchors: each text stands where it is read", async () => {
  await withFiles({}, async (cdi) => {
    const { stdout } = await inspect("two-numa", "-o", "yaml", "--cdi-dir", cdi);
    assert.doesNotMatch(stdout, /[&*]a\d/);
  });
});

Deno.test("-o svg prints a picture, with the machine and the time of day", async () => {
  const { code, stdout } = await inspect("two-numa", "-o", "svg");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^<svg [^>]*>\n<title>Memory by NUMA node · a copy · \d{4}-\d\d-\d\dT[\d:]{8}Z<\/title>[^]*<\/svg>\n$/,
  );
});

Deno.test("manifests prints a DeviceClass for memory and for each hugepage size", async () => {
  const { code, stdout } = await dramemory("manifests", ...roots("arm64-64k"));
  const classes = parseAllDocuments(stdout).map((document) => document.toJS());
  assert.equal(code, 0);
  assert.deepEqual(
    classes.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ["memory", "hugepages-2m", "hugepages-512m", "hugepages-16g"].map((resource) =>
      `DeviceClass dra.${resource}`
    ),
  );
});

function inspect(fixture: string, ...args: string[]) {
  return dramemory("inspect", ...roots(fixture), ...args);
}

function roots(fixture: string): string[] {
  const directory = `${fixturesDirectory}/${fixture}`;
  return ["--sysfs-root", `${directory}/sys`, "--procfs-root", `${directory}/proc`];
}

function amount(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}Mi` : `${bytes / 1024}Ki`;
}

Deno.test("inspect takes --reserved-memory several times as one, and says what came to something else", async () => {
  const flags = (...texts: string[]) => texts.flatMap((text) => ["--reserved-memory", text]);
  const two = await inspect("two-numa", "-o", "json", ...flags("0:memory=1Gi", "1:memory=2Gi"));
  const one = await inspect("two-numa", "-o", "json", ...flags("0:memory=1Gi;1:memory=2Gi"));
  assert.equal(two.stdout, one.stdout);
  const { code, stderr } = await inspect("two-numa", ...flags("0:hugepages-2Mi=3M;9:memory=1Gi"));
  assert.equal(code, 0);
  assert.equal(
    stderr,
    "Reserved: 0:hugepages-2Mi=3M keeps 4Mi on NUMA node 0, 2 pages of 2Mi\n" +
      "Reserved nothing: 9:memory=1Gi: this machine has no NUMA node 9\n",
  );
});

Deno.test("what is reserved beyond what a node has is told", async () => {
  const { code, stderr } = await inspect("two-numa", "--reserved-memory", "0:memory=100Gi");
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^Reserved: 0:memory=100Gi leaves nothing of the memory of NUMA node 0 for claims: it has/m,
  );
});
