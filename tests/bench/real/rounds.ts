import { sleep } from "../bench_node.ts";
import { memoryOf, usageOf, usedBetween } from "../process_usage.ts";
import { median, quantile } from "../statistics.ts";
import type { WantedContainer } from "../../peers/node/node_peer.ts";
import type { BenchClaim } from "../objects.ts";
import type { Measurements } from "./measurements.ts";
import type { RealNode } from "./node.ts";

/** How much is measured. */
export interface RealExtent {
  readonly rounds: number;
  readonly idleSeconds: number;
  /** Among how many prepared claims it is looked whether the costs stay flat; 0 to leave that out. */
  readonly manyClaims: number;
  /** The one life that is measured; undefined for all. */
  readonly only?: string;
  /** How many claims come and go; 0 to leave that out. */
  readonly churnedClaims: number;
}

/** What the figures in the documentation are measured with. */
export const usualRealExtent: RealExtent = { rounds: 7, idleSeconds: 20, manyClaims: 0, churnedClaims: 0 };

/** With what takes long: very many claims. */
export const fullRealExtent: RealExtent = {
  ...usualRealExtent,
  manyClaims: 10_000,
  churnedClaims: 100_000,
};

/** The same for every change, in a few minutes. */
export const shortRealExtent: RealExtent = { rounds: 3, idleSeconds: 6, manyClaims: 0, churnedClaims: 0 };

/** A life of a driver's process, from its start to its end, with what is measured in it. */
type Life = (node: RealNode, measured: Measure, extent: RealExtent) => Promise<void>;
type Measure = (metric: string, value: number) => void;

/** How many calls the kubelet has under way at a time. */
const width = 64;
/** When the start has settled: a driver may tidy up by then. */
const settledMilliseconds = 2_000;
/** After work, as long and as much again. */
const afterWorkMilliseconds = 4_000;
const coldCalls = 100, aloneClaims = 200;
const containers = 200, containerPauseMilliseconds = 1;
/** Slow enough for every build, so that what their containers wait beside is the same. */
const prepareEveryMilliseconds = 50;
const MiB = 2 ** 20;

const lives: Readonly<Record<string, Life>> = {
  alone: lifeAlone,
  burst: lifeOfBurst,
  many: lifeOfMany,
  containers: lifeBesideContainers,
};

/**
 * Runs all lives of all drivers, round after round, the drivers in turn: A B, then B A. What disturbs the machine for a
 * while disturbs both, and a ratio of two neighbors says more than any single figure.
 */
export async function measureRounds(
  nodes: readonly RealNode[],
  measurements: Measurements,
  extent: RealExtent,
): Promise<void> {
  for (let round = 0; round < extent.rounds; round++) {
    for (const [name, life] of Object.entries(lives)) {
      if (extent.only !== undefined && extent.only !== name) continue;
      for (const node of round % 2 === 0 ? nodes : nodes.toReversed()) {
        const { name } = node.contender;
        await life(node, (metric, value) => measurements.add(name, metric, value), extent);
        await node.stopDriver();
      }
    }
  }
}

/** Idle, then one claim at a time: a node's usual life. The first calls count: the code is cold, as it is on a node. */
async function lifeAlone(node: RealNode, measured: Measure, { idleSeconds }: RealExtent): Promise<void> {
  const claims = await node.claims(aloneClaims);
  const started = await node.startDriver();
  for (const [phase, milliseconds] of Object.entries(started)) measured(`start.${phase}`, milliseconds);

  await sleep(Math.max(0, settledMilliseconds - Math.max(...Object.values(started))));
  const before = await usageOf(node.pid);
  await sleep(idleSeconds * 1000);
  const { cpuSeconds } = usedBetween(before, await usageOf(node.pid));
  measured("idle.cpu", cpuSeconds * 1000 / idleSeconds);
  await measureMemory(node, measured, "idle");

  const cold = await usageOf(node.pid);
  const first = await node.peer.call({ prepare: true, claims: claims.slice(0, coldCalls), width: 1 });
  measured("prepare.cold.cpu", usedBetween(cold, await usageOf(node.pid)).cpuSeconds * 1000 / coldCalls);
  measured("prepare.cold.p50", median(first.each));
  measured("prepare.cold.p99", quantile(first.each, 0.99));
  await node.peer.call({ prepare: true, claims: claims.slice(coldCalls), width: 1 });
  const given = await node.peer.call({ prepare: false, claims, width: 1 });
  measured("unprepare.200.p50", median(given.each));

  await sleep(afterWorkMilliseconds);
  await measureMemory(node, measured, "worked");
}

/** A hundred claims at once, as after another node was drained. */
async function lifeOfBurst(node: RealNode, measured: Measure): Promise<void> {
  const claims = await node.claims(100);
  await node.startDriver();
  await sleep(settledMilliseconds);
  const { all } = await node.peer.call({ prepare: true, claims, width });
  measured("prepare.parallel.100", claims.length / (all / 1000));
  await node.peer.call({ prepare: false, claims, width });
}

/** Five hundred claims at once, and what giving one back takes among a thousand. */
async function lifeOfMany(node: RealNode, measured: Measure): Promise<void> {
  const claims = await node.claims(1_100);
  const [half, thousand, more] = [claims.slice(0, 500), claims.slice(500, 1_000), claims.slice(1_000)];
  await node.startDriver();
  await sleep(settledMilliseconds);
  const { each, all } = await node.peer.call({ prepare: true, claims: half, width });
  measured("prepare.parallel.500", half.length / (all / 1000));
  measured("prepare.parallel.500.p99", quantile(each, 0.99));
  await node.peer.call({ prepare: true, claims: thousand, width });
  const among = await node.peer.call({ prepare: true, claims: more, width: 1 });
  measured("prepare.1000.p50", median(among.each));
  const given = await node.peer.call({ prepare: false, claims: more, width: 1 });
  measured("unprepare.1000.p50", median(given.each));
  await node.peer.call({ prepare: false, claims: [...half, ...thousand], width });
}

/** Containers with and without claims, in turn: by themselves, while claims are prepared, and in a burst of claims. */
async function lifeBesideContainers(node: RealNode, measured: Measure): Promise<void> {
  const claims = await node.claims(1_100);
  const used = claims.slice(0, 100), meanwhile = claims.slice(100, 700), burst = claims.slice(700, 1_100);
  await node.createPodCgroups(used);
  await node.startDriver();
  await node.peer.call({ prepare: true, claims: used, width });
  await sleep(settledMilliseconds);
  const nothing = { prepare: true, claims: [], width };
  const alone = await node.peer.create(containersOf("alone", used), containerPauseMilliseconds, nothing);
  measured("container.plain.p50", median(plainOf(alone)));
  measured("container.claimed.p50", median(claimedOf(alone)));

  const slowly = { prepare: true, claims: meanwhile, width, everyMilliseconds: prepareEveryMilliseconds };
  const beside = await node.peer.create(containersOf("beside", used), containerPauseMilliseconds, slowly);
  measured("container.beside.plain.p50", median(plainOf(beside)));
  measured("container.beside.claimed.p50", median(claimedOf(beside)));

  const plain = plainOf(containersOf("burst", used)), all = { prepare: true, claims: burst, width };
  const inBurst = await node.peer.create(plain, containerPauseMilliseconds, all);
  measured("container.burst.p50", median(inBurst));
  measured("container.burst.p99", quantile(inBurst, 0.99));
  await node.peer.call({ prepare: false, claims, width });
}

/** Containers without and with a claim, in turn; several have the same. */
function containersOf(name: string, claims: readonly BenchClaim[]): WantedContainer[] {
  return Array.from({ length: containers }, (_, index) => {
    const claim = claims[index % claims.length];
    if (claim === undefined) throw new RangeError("There are no claims");
    const id = `${name}-${index}`, pod = { name: claim.name, uid: claim.podUid };
    return [
      { id: `${id}-plain`, pod: { name: "plain", uid: id }, env: environment },
      { id, pod, env: environment, claim: claim.uid },
    ];
  }).flat();
}

function plainOf<T>(inTurn: readonly T[]): T[] {
  return inTurn.filter((_, index) => index % 2 === 0);
}

function claimedOf<T>(inTurn: readonly T[]): T[] {
  return inTurn.filter((_, index) => index % 2 === 1);
}

/** What a container of any application has in its environment. */
const environment = Array.from(
  { length: 30 },
  (_, index) => `SERVICE_${index}_PORT=tcp://10.96.0.${index}:443`,
);

async function measureMemory(node: RealNode, measured: Measure, when: string): Promise<void> {
  const { resident, anonymous } = await memoryOf(node.pid);
  measured(`memory.${when}.resident`, resident / MiB);
  measured(`memory.${when}.anonymous`, anonymous / MiB);
}
