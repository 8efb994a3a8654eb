import { type BenchNode, sleep } from "../bench_node.ts";
import type { Traffic } from "../api_server.ts";
import { type Usage, usageOf, usedBetween } from "../process_usage.ts";
import { type Setting, withNodes } from "../scenario.ts";

const clusterNodes = 5_000;

interface Look {
  readonly usage: Usage;
  readonly traffic: Traffic;
  readonly at: number;
}

/** What a driver costs that has nothing to do, and what its start costs the API server. All drivers idle together. */
export async function measureIdle(setting: Setting): Promise<void> {
  const { extent, results } = setting;
  await withNodes(setting, async (nodes) => {
    for (const node of nodes) {
      await node.startDriver({ counted: true });
      const { requests, sent, received } = await node.api.call("traffic");
      const contender = node.contender.name;
      results.add({ contender, metric: "cluster.requests" }, requests * clusterNodes);
      results.add({ contender, metric: "cluster.bytes" }, (sent + received) * clusterNodes / 2 ** 20);
    }
    // What a start leaves to be done later is no idling.
    await sleep(extent.settleSeconds * 1000);
    const before = new Map<BenchNode, Look>();
    for (const node of nodes) before.set(node, await look(node));
    await sleep(extent.idleSeconds * 1000);
    for (const node of nodes) {
      const former = before.get(node);
      if (former !== undefined) addIdle(node, former, await look(node), setting);
    }
  });
}

async function look(node: BenchNode): Promise<Look> {
  const traffic = await node.api.call("traffic");
  return { usage: await usageOf(node.driver.pid), traffic, at: performance.now() };
}

function addIdle({ contender: { name } }: BenchNode, before: Look, after: Look, { results }: Setting): void {
  const seconds = (after.at - before.at) / 1000, runs = Math.round(seconds);
  const { cpuSeconds, switches } = usedBetween(before.usage, after.usage);
  const bytes = (traffic: Traffic) => traffic.sent + traffic.received;
  const hour = 3600 / seconds;
  const add = (metric: string, value: number) => results.add({ contender: name, metric }, value, runs);
  add("idle.cpu", cpuSeconds / seconds * 100);
  add("idle.switches", switches / seconds);
  add("idle.requests", (after.traffic.requests - before.traffic.requests) * hour);
  add("idle.bytes", (bytes(after.traffic) - bytes(before.traffic)) * hour / 1024);
}
