import assert from "node:assert/strict";
import { dramemory, startDramemory } from "../cmd/dramemory.ts";
import { type Cgroups, runContainer } from "./_containers.ts";
import { duringUpdate } from "./_instances.ts";
import { scheduledClaim } from "./objects.ts";
import { assertPrepared, onNode, type TestedNode } from "./tested_node.ts";

Deno.test("status shows registration, claims and their container, and marks what differs from the promise", async () => {
  await onNode(async (node) => {
    const driver = await node.readyDriver();
    const cgroups = await runContainer(node, scheduledClaim(node, "a"));
    assertPrepared(await node.prepare(scheduledClaim(node, "waiting")));
    await writeActual(node, cgroups, { "cpuset.mems.effective": "0" });

    const asPromised = await status(node, "-o", "json");
    assert.equal(asPromised.code, 0, asPromised.stderr);
    const { source, differs, instances, claims, containers, problems } = JSON.parse(asPromised.stdout);
    assert.deepEqual([source, differs, problems], ["driver", false, []]);
    assert.deepEqual(instances[0].kubelet, { ready: true, text: "registered" });
    assert.deepEqual(instances[0].runtime, { ready: true, text: "connected to simulated 2.2.1" });
    assert.equal(instances[0].slices.ready, true);
    const holders = claims.map(({ name, container }: Record<string, string>) => [name, container]);
    assert.deepEqual(holders, [["a", "app"], ["waiting", "app"]]);
    assert.deepEqual(
      containers[0].comparisons.map(({ file, promised, actual }: Record<string, unknown>) => [
        file,
        promised,
        actual,
      ]).slice(0, 2),
      [["cpuset.mems.effective", "0", "0"], ["hugetlb.2MB.max", 64 << 20, 64 << 20]],
    );

    await writeActual(node, cgroups, { "cpuset.mems.effective": "0-1", "hugetlb.2MB.max": "1048576" });
    const table = (await status(node)).stdout;
    assert.match(table, /kubelet +ready +registered/);
    assert.match(table, /cpuset\.mems\.effective +0 +0-1 +DIFFERS/);
    assert.match(table, /hugetlb\.2MB\.max +64Mi +1Mi +DIFFERS/);
    assert.match(table, /1 of 1 containers differ/);

    await driver.stop();
    const recorded = await status(node, "-o", "json");
    assert.equal(recorded.code, 0, recorded.stderr);
    const offline = JSON.parse(recorded.stdout);
    assert.deepEqual([offline.source, offline.claims.length, offline.containers], ["checkpoint", 2, []]);
    assert.match(offline.problems[0], /No driver answers/);
  });
});

Deno.test("after a restart of the driver status knows the containers again", async () => {
  await onNode(async (node) => {
    const first = await node.readyDriver();
    await runContainer(node, scheduledClaim(node, "a"));
    await first.kill();
    await node.readyDriver();
    const { instances, containers } = JSON.parse((await status(node, "-o", "json")).stdout);
    assert.equal(instances.length, 1);
    assert.deepEqual(containers.map(({ name, found }: Record<string, unknown>) => [name, found]), [[
      "app",
      true,
    ]]);
  });
});

Deno.test("two instances during an update are both asked, and each goes without the other's socket", async () => {
  await duringUpdate(async (node, former, young) => {
    const { instances } = JSON.parse((await status(node, "-o", "json")).stdout);
    const runtimes = instances.map(({ runtime }: { runtime: { text: string } }) => runtime.text).sort();
    assert.equal(runtimes.length, 2);
    assert.match(runtimes.join(), /^connected to simulated.*,standing by/);
    await former.stop();
    assert.equal(JSON.parse((await status(node, "-o", "json")).stdout).instances.length, 1);
    await young.stop();
    assert.deepEqual([...Deno.readDirSync(node.runDir)], []);
  });
});

Deno.test("a directory for the socket that cannot be used is logged, and the driver goes on", async () => {
  await onNode(async (node) => {
    await Deno.writeTextFile(`${node.directory}/occupied`, "");
    const driver = await node.readyDriver({ "run-dir": `${node.directory}/occupied` });
    assert.match(driver.log, /WARNING dramemory status cannot ask this driver/);
    assertPrepared(await node.prepare(scheduledClaim(node, "a")));
  });
});

Deno.test("status --watch shows what differs once it does, and ends well when interrupted", async () => {
  await onNode(async (node) => {
    await node.readyDriver();
    const cgroups = await runContainer(node, scheduledClaim(node, "a"));
    await writeActual(node, cgroups, { "cpuset.mems.effective": "0" });
    const child = startDramemory(["status", "--watch", "1", ...placesOf(node)]);
    const shown = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await readUntil(shown, /Every container has what was promised/);
    await writeActual(node, cgroups, { "cpuset.mems.effective": "1" });
    await readUntil(shown, /DIFFERS/);
    child.kill("SIGINT");
    const [{ code }, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
    assert.deepEqual([code, stderr, (await shown.read()).done], [0, "", true]);
  });
});

function status(node: TestedNode, ...more: string[]) {
  return dramemory("status", ...placesOf(node), ...more);
}

function placesOf({ runDir, directory, cluster: { paths } }: TestedNode): string[] {
  return [
    `--run-dir=${runDir}`,
    `--cdi-dir=${paths.cdiDir}`,
    `--cgroup-mount=${paths.cgroupMount}`,
    `--procfs-root=${directory}/proc`,
  ];
}

async function readUntil(reader: ReadableStreamDefaultReader<string>, pattern: RegExp): Promise<void> {
  for (let text = ""; !pattern.test(text);) {
    const { value, done } = await reader.read();
    assert.ok(!done, `the output ended behind ${text}`);
    text += value;
  }
}

/** Stands in for the kernel, which alone knows what is in effect. */
async function writeActual(
  { cluster: { paths } }: TestedNode,
  { container }: Cgroups,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${paths.cgroupMount}${container}/${file}`, `${text}\n`);
  }
}
