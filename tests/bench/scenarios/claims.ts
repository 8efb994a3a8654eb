import { type BenchNode, sleep } from "../bench_node.ts";
import type { BenchClaim } from "../objects.ts";
import { memoryOf } from "../process_usage.ts";
import { type Setting, withNodes } from "../scenario.ts";
import { callAll, type Operation, width } from "../workload.ts";
import { measureBursts, measureContainers, measureHostileContainers } from "./containers.ts";
import { measureComparing } from "./comparing.ts";
import { measureRecovery } from "./recovery.ts";

/**
 * Memory, and preparing and unpreparing, among more and more prepared claims; then what else takes a driver that has
 * prepared many: containers beside prepared claims, and its recovery.
 */
export async function measureClaims(setting: Setting): Promise<void> {
  await withNodes(setting, async (nodes) => {
    const prepared = new Map(nodes.map((node) => [node, [] as BenchClaim[]]));
    for (const node of nodes) await node.startDriver();
    for (const count of setting.extent.prepared) {
      for (const node of nodes) await fill(node, prepared.get(node) ?? [], count, setting);
      await sleep(setting.extent.settleSeconds * 1000);
      for (const node of nodes) await measureMemory(node, count, setting);
      await measureCalls(nodes, count, setting);
    }
    for (const node of nodes) await measureContainers(node, prepared.get(node) ?? [], setting);
    for (const node of nodes) await measureBursts(node, setting);
    for (const node of nodes) await measureHostileContainers(node, setting);
    for (const node of nodes) await measureComparing(node, prepared.get(node) ?? [], setting);
    for (const node of nodes) await measureRecovery(node, prepared.get(node) ?? [], setting);
  });
}

/** Prepares claims until there are so many; by the way tells what preparing a thousand writes to the log. */
async function fill(
  node: BenchNode,
  prepared: BenchClaim[],
  count: number,
  { results }: Setting,
): Promise<void> {
  const claims = await node.api.call("createClaims", count - prepared.length);
  const before = await node.driver.logBytes();
  await callAll(node, "prepare", claims, width);
  const written = await node.driver.logBytes() - before;
  if (prepared.length === 0 && claims.length > 0) {
    results.add(
      { contender: node.contender.name, metric: "log" },
      written / claims.length * 1000 / 1024,
      claims.length,
    );
  }
  prepared.push(...claims);
}

async function measureMemory(
  { contender, driver }: BenchNode,
  prepared: number,
  { results }: Setting,
): Promise<void> {
  const { resident, anonymous } = await memoryOf(driver.pid);
  const place = { contender: contender.name, prepared };
  results.add({ ...place, metric: "memory.resident" }, resident / 2 ** 20);
  results.add({ ...place, metric: "memory.anonymous" }, anonymous / 2 ** 20);
}

/** In several rounds, so that what disturbs the machine for a while disturbs all drivers. */
const rounds = 4;

/** Claims that are not measured, since a driver's first calls run code that is not compiled yet. */
const warmUpClaims = 1_000;

async function measureCalls(nodes: readonly BenchNode[], prepared: number, setting: Setting): Promise<void> {
  const { extent, results } = setting;
  const alone = collected(nodes), parallel = collected(nodes);
  for (const node of nodes) await thereAndBack(node, warmUpClaims, width, undefined);
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) {
      await thereAndBack(node, extent.aloneCalls / rounds, 1, alone.get(node));
      await thereAndBack(node, extent.parallelCalls / rounds, width, parallel.get(node));
    }
  }
  for (const node of nodes) {
    const contender = node.contender.name;
    for (const operation of ["prepare", "unprepare"] as const) {
      const calls = alone.get(node)?.[operation].flatMap(({ milliseconds }) => milliseconds) ?? [];
      results.addLatencies({ contender, prepared, metric: `${operation}.alone` }, calls);
      const rates = parallel.get(node)?.[operation].map(({ perSecond }) => perSecond) ?? [];
      results.addMedian({ contender, prepared, metric: `${operation}.parallel` }, rates);
    }
  }
}

type Collected = Record<Operation, { milliseconds: readonly number[]; perSecond: number }[]>;

function collected(nodes: readonly BenchNode[]): Map<BenchNode, Collected> {
  return new Map(nodes.map((node) => [node, { prepare: [], unprepare: [] }]));
}

async function thereAndBack(
  node: BenchNode,
  count: number,
  atATime: number,
  into: Collected | undefined,
): Promise<void> {
  const claims = await node.api.call("createClaims", count);
  for (const operation of ["prepare", "unprepare"] as const) {
    into?.[operation].push(await callAll(node, operation, claims, atATime));
  }
  await node.api.call("removeClaims", claims);
}
