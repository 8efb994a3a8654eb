import * as nri from "../../../adapters/protocols/nri/generated/nri.ts";
import { type BenchNode, sleep } from "../bench_node.ts";
import { claimContainers, plainContainer, type PodContainer } from "../containers.ts";
import type { BenchClaim } from "../objects.ts";
import type { Setting } from "../scenario.ts";
import { call, callAll, width } from "../workload.ts";

/** How often a claim is prepared meanwhile: a hundred times a second. */
const prepareIntervalMilliseconds = 10;
/** Runtimes create one container after the other, with work of their own in between. */
const pauseMilliseconds = 1;
const claimedContainers = 100;
/** A burst of pods: as many claims as a busy node prepares after a drain of another one, at once, several times. */
const burstClaims = 100, bursts = 5;
/** More than are prepared while two containers are created, even where each takes 20 ms. */
const claimsForEach = 4;

/**
 * CreateContainer for containers without a claim and with one, in turn, while claims are prepared. The claims are of
 * hugepages, so that the pod's limits are raised as well.
 */
export async function measureContainers(
  node: BenchNode,
  prepared: readonly BenchClaim[],
  { extent, results }: Setting,
): Promise<void> {
  const hugepageClaims = prepared.filter((_, index) => index % 2 === 1).slice(0, claimedContainers);
  const claimed = await claimContainers(node, hugepageClaims);
  // Made beforehand, so that the API server has nothing else to do meanwhile.
  const supply = await node.api.call("createClaims", extent.containers * claimsForEach);
  const preparing = prepareAllTheTime(node, supply);
  const calls = Array.from({ length: extent.containers }, (_, index) => {
    const next = claimed[index % claimed.length];
    if (next === undefined) throw new RangeError("There are no containers with claims");
    // A container that is started again has a new id.
    return [plainContainer(`plain-${index}`), {
      ...next,
      container: { ...next.container, id: `claimed-${index}` },
    }];
  });
  const milliseconds = await measureContainerCalls(node, calls.flat());
  await preparing.stop();
  await node.api.call("removeClaims", supply);
  const contender = node.contender.name;
  results.addLatencies(
    { contender, metric: "container.plain" },
    milliseconds.filter((_, index) => index % 2 === 0),
  );
  results.addLatencies(
    { contender, metric: "container.claimed" },
    milliseconds.filter((_, index) => index % 2 === 1),
  );
}

/** CreateContainer for containers with the variables and arguments that cost the driver most, as many as etcd takes. */
export async function measureHostileContainers(node: BenchNode, { results }: Setting): Promise<void> {
  const { plugin } = await node.runtime.admitted();
  const milliseconds: number[] = [];
  for (let index = 0; index < hostileContainers; index++) {
    const { pod, container: plain } = plainContainer(`hostile-${index}`);
    const container = { ...plain, ...hostile[index % hostile.length] };
    const request = nri.CreateContainerRequest.encode({ pod, container }).finish();
    const start = performance.now();
    // Where there are more variables of the driver's form than a container can have claims, it is refused.
    const refused = await plugin.createEncoded(request).then(() => false, () => true);
    milliseconds.push(performance.now() - start);
    if (!refused) await plugin.containerRemoved(pod, container);
  }
  results.addLatencies({ contender: node.contender.name, metric: "container.hostile" }, milliseconds);
}

const hostileContainers = 60;
const etcdBytes = 1_500_000;

/** Variables that are the driver's but for the last character, those that it must look at to tell, and what is shortest. */
const hostile = [
  { env: asManyAsFit((index) => `DRAMEMORY_A${index % 10}`) },
  { env: asManyAsFit((index) => `DRAMEMORY_${String(index).padStart(63, "0")}_x=`) },
  {
    env: asManyAsFit((index) => `DRAMEMORY_${claimUidOf(index)}_memory=${"numanode:0,size:1Mi;".repeat(40)}`),
  },
  {
    env: asManyAsFit((index) =>
      `DRAMEMORY_${claimUidOf(index)}_memory=numanode:0,size:${"9".repeat(1_000_000)}`
    ),
  },
  { env: asManyAsFit((index) => `${index.toString(36)}=`) },
  { args: asManyAsFit(() => "") },
];

function asManyAsFit(text: (index: number) => string): string[] {
  const texts: string[] = [];
  // The tag of a field and its length take two bytes.
  for (let bytes = 0; bytes < etcdBytes; bytes += 2 + (texts.at(-1)?.length ?? 0)) {
    texts.push(text(texts.length));
  }
  return texts;
}

function claimUidOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

/** CreateContainer for containers without a claim, one after the other, while a burst of claims is prepared. */
export async function measureBursts(node: BenchNode, { results }: Setting): Promise<void> {
  const milliseconds: number[] = [];
  for (let burst = 0; burst < bursts; burst++) {
    const claims = await node.api.call("createClaims", burstClaims);
    let under = true;
    const preparing = callAll(node, "prepare", claims, burstClaims).finally(() => under = false);
    for (let index = 0; under; index++) {
      milliseconds.push(...await measureContainerCalls(node, [plainContainer(`burst-${burst}-${index}`)]));
    }
    await preparing;
    await callAll(node, "unprepare", claims, width);
    await node.api.call("removeClaims", claims);
  }
  results.addLatencies({ contender: node.contender.name, metric: "container.burst" }, milliseconds);
}

/** Creates and removes one container after the other; resolves with how long each creation took. */
export async function measureContainerCalls(
  node: BenchNode,
  containers: readonly PodContainer[],
): Promise<number[]> {
  const { plugin } = await node.runtime.admitted();
  const milliseconds: number[] = [];
  for (const { pod, container } of containers) {
    await sleep(pauseMilliseconds);
    const start = performance.now();
    await plugin.createContainer(pod, container);
    milliseconds.push(performance.now() - start);
    await plugin.containerRemoved(pod, container);
  }
  return milliseconds;
}

/** Prepares claims at a steady rate until it is stopped, and gives them back then. */
function prepareAllTheTime(node: BenchNode, supply: readonly BenchClaim[]): { stop(): Promise<void> } {
  const claims: BenchClaim[] = [], calls: Promise<unknown>[] = [];
  let stopped = false;
  const running = (async () => {
    let due = performance.now();
    for (const claim of supply) {
      if (stopped) break;
      claims.push(claim);
      calls.push(call(node, "prepare", claim));
      due += prepareIntervalMilliseconds;
      await sleep(Math.max(0, due - performance.now()));
    }
    await Promise.all(calls);
  })();
  return {
    async stop() {
      stopped = true;
      await running;
      await callAll(node, "unprepare", claims, width);
    },
  };
}
