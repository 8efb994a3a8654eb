import { type BenchNode, sleep } from "../bench_node.ts";
import { claimContainers } from "../containers.ts";
import type { BenchClaim } from "../objects.ts";
import { usageOf, usedBetween } from "../process_usage.ts";
import type { Setting } from "../scenario.ts";

/** As many as a node has, each with a claim. */
const containers = 100;
/** A run a second instead of one a minute, for so long. */
const periodSeconds = 1, measuredSeconds = 8;
/** By then it has tidied up after the start. */
const settledMilliseconds = 4_000;

/** CPU of a look at all containers, whether they have what was promised: what a driver takes more that looks. */
export async function measureComparing(
  node: BenchNode,
  prepared: readonly BenchClaim[],
  { results }: Setting,
): Promise<void> {
  const listed = await claimContainers(node, prepared.slice(0, containers));
  for (const { pod, container } of listed) {
    await node.cgroups.create(`${pod.linux?.cgroupParent}/${container.id}`);
  }
  await node.stopDriver();
  node.runtime.listing = {
    pods: listed.map(({ pod }) => pod),
    containers: listed.map(({ container }) => container),
  };
  const without = await usedSeconds(node, 0), looking = await usedSeconds(node, periodSeconds);
  await node.startDriver({ publishes: false });
  const runs = measuredSeconds / periodSeconds;
  results.add(
    { contender: node.contender.name, metric: "comparing.cpu" },
    (looking - without) * 1000 / runs,
    listed.length,
  );
}

/** CPU that an idle driver uses which compares so often; never with 0. */
async function usedSeconds(node: BenchNode, comparePeriod: number): Promise<number> {
  await node.startDriver({ publishes: false, flags: { "compare-period": `${comparePeriod}` } });
  await sleep(settledMilliseconds);
  const before = await usageOf(node.driver.pid);
  await sleep(measuredSeconds * 1000);
  const { cpuSeconds } = usedBetween(before, await usageOf(node.driver.pid));
  await node.stopDriver();
  return cpuSeconds;
}
