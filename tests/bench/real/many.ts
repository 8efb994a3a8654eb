import { sleep } from "../bench_node.ts";
import { memoryOf } from "../process_usage.ts";
import { median } from "../statistics.ts";
import type { Measurements } from "./measurements.ts";
import type { RealNode } from "./node.ts";
import type { RealExtent } from "./rounds.ts";

const width = 64, aloneCalls = 100, churnedAtATime = 1_000, settledMilliseconds = 10_000, MiB = 2 ** 20;

/** What stays flat, or should: among very many prepared claims, and after very many that have come and gone. */
export async function measureMany(
  node: RealNode,
  measurements: Measurements,
  { manyClaims, churnedClaims }: RealExtent,
): Promise<void> {
  const measured = (metric: string, value: number) => measurements.add(node.contender.name, metric, value);
  if (manyClaims > 0) await measurePrepared(node, manyClaims, measured);
  if (churnedClaims > 0) await measureChurn(node, churnedClaims, measured);
}

async function measurePrepared(
  node: RealNode,
  count: number,
  measured: (metric: string, value: number) => void,
): Promise<void> {
  const claims = await node.claims(count + aloneCalls);
  const [many, alone] = [claims.slice(0, count), claims.slice(count)];
  await node.startDriver();
  await node.peer.call({ prepare: true, claims: many, width });
  await sleep(settledMilliseconds);
  measured("memory.many.anonymous", (await memoryOf(node.pid)).anonymous / MiB);
  measured(
    `prepare.${count}.p50`,
    median((await node.peer.call({ prepare: true, claims: alone, width: 1 })).each),
  );
  await node.peer.call({ prepare: false, claims, width });
  await node.stopDriver();
}

/** The same claims come and go again and again: making so many at a real API server would take longer than all else. */
async function measureChurn(
  node: RealNode,
  count: number,
  measured: (metric: string, value: number) => void,
): Promise<void> {
  const claims = await node.claims(churnedAtATime);
  await node.startDriver();
  let peak = 0, early = 0;
  for (let done = 0; done < count; done += churnedAtATime) {
    await node.peer.call({ prepare: true, claims, width });
    await node.peer.call({ prepare: false, claims, width });
    peak = Math.max(peak, (await memoryOf(node.pid)).resident);
    if (done + churnedAtATime === count / 10) {
      await sleep(settledMilliseconds);
      early = (await memoryOf(node.pid)).anonymous;
    }
  }
  await sleep(settledMilliseconds);
  measured("churn.peak", peak / MiB);
  measured("churn.growth", ((await memoryOf(node.pid)).anonymous - early) / MiB);
  await node.stopDriver();
}
