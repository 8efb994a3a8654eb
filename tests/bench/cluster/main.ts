/** What the drivers of many nodes cost the API server: see ../bench.ts. */
import { parseArgs } from "node:util";
import { readTopology } from "../../../cmd/options/node_options.ts";
import { writeSampleMachine } from "../../../adapters/simulator/machine/sample_machine.ts";
import { requirePeer } from "../../peers/go.ts";
import { startApiServer } from "../../peers/kube_apiserver/api_server.ts";
import { apiServerProgram, etcdProgram } from "../../peers/kube_apiserver/binaries.ts";
import { machine } from "../bench_node.ts";
import { benchOptions } from "../bench_options.ts";
import { usageOf, usedBetween } from "../process_usage.ts";
import { format } from "../report.ts";
import { quantile } from "../statistics.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { usualDriverOptions } from "../../../cmd/daemon/driver_options.ts";
import { SimulatedNode } from "./simulated_node.ts";

const { values: options } = parseArgs({ options: benchOptions });
const count = Number(options.cluster ?? 1_000);
const podsPerNode = 30;
/** Within which time loops that began together look again: a tenth of their period, see `ReconcileLoop`. */
const spreadMilliseconds = usualDriverOptions.resyncPeriod * 1000 / 10;
/** How many nodes prepare at a time: as many as a scheduler of some hundred pods a second keeps busy. */
const preparingAtATime = 32;

const directory = await Deno.makeTempDir({ prefix: "bench-cluster-" });
const server = await startApiServer({
  apiServer: await requirePeer(apiServerProgram),
  etcd: await requirePeer(etcdProgram),
});
const nodes: SimulatedNode[] = [];
try {
  const roots = { sysfsRoot: `${directory}/sys`, procfsRoot: `${directory}/proc` };
  await writeSampleMachine(machine, roots.sysfsRoot, roots.procfsRoot);
  const topology = await readTopology(roots);
  const names = Array.from({ length: count }, (_, index) => `node-${index}`);
  await all(
    names,
    32,
    (name) => server.client.send("POST", "/api/v1/nodes", { kind: "Node", metadata: { name } }),
  );
  for (const name of names) nodes.push(await SimulatedNode.connect(name, server.kubeconfig, topology));
  const pid = await apiServerPid(server.directory);

  const rows = [
    await phase(pid, "all start at once", () => all(nodes, count, (node) => timed(() => node.start()))),
    await phase(pid, "all look again at once", () => all(nodes, count, (node) => timed(() => node.resync()))),
    await phase(
      pid,
      `all look again within ${spreadMilliseconds / 1000} s, as they do`,
      () =>
        all(nodes, count, async (node) => {
          await sleep(Math.random() * spreadMilliseconds);
          return await timed(() => node.resync());
        }),
    ),
    await phase(
      pid,
      `${podsPerNode} pods start on each`,
      () =>
        all(nodes, preparingAtATime, (node) =>
          timed(async () => {
            // A claim that is not there costs the API server a look-up as well; its pod is asked for all the same.
            for (let pod = 0; pod < podsPerNode; pod++) {
              await node.prepare({ namespace: "default", name: `p-${pod}`, uid: "" });
            }
          })),
    ),
    await phase(
      pid,
      "nothing, for 30 seconds",
      () => all([0], 1, () => timed(() => sleep(30_000))),
    ),
  ];
  console.log(
    `| ${count} nodes | until all are done, s | CPU of the API server, s | p99 of a node, ms | unanswered |`,
  );
  console.log("| --- | --- | --- | --- | --- |");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
} finally {
  await Promise.all(nodes.map((node) => node.stop()));
  await server.stop();
  await Deno.remove(directory, { recursive: true });
}

async function phase(pid: number, what: string, run: () => Promise<number[]>): Promise<string[]> {
  const failures = () => nodes.reduce((sum, node) => sum + node.failures, 0), failed = failures();
  const before = await usageOf(pid), start = performance.now();
  const milliseconds = await run();
  const seconds = (performance.now() - start) / 1000;
  const { cpuSeconds } = usedBetween(before, await usageOf(pid));
  return [
    what,
    format(seconds),
    format(cpuSeconds),
    format(quantile(milliseconds, 0.99)),
    `${failures() - failed}`,
  ];
}

/** Does something for all, so many at a time. */
async function all<T, R>(items: readonly T[], atATime: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      const [index, item] = next.value;
      results[index] = await run(item);
    }
  }));
  return results;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The process that works in the API server's directory and is called so. */
async function apiServerPid(directory: string): Promise<number> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (
        await Deno.readLink(`/proc/${name}/cwd`) === directory &&
        (await Deno.readTextFile(`/proc/${name}/comm`)).startsWith("kube-apiserver")
      ) return Number(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) {
        throw error;
      }
    }
  }
  throw new Error("Cannot find the process of the API server");
}
