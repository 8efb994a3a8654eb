import type { BenchNode } from "../bench_node.ts";
import { claimContainers } from "../containers.ts";
import type { BenchClaim } from "../objects.ts";
import type { Setting } from "../scenario.ts";

/** A start among all the prepared claims, with a runtime that lists containers that use some of them. */
export async function measureRecovery(
  node: BenchNode,
  prepared: readonly BenchClaim[],
  { extent, results }: Setting,
): Promise<void> {
  const containers = await claimContainers(node, prepared.slice(0, extent.synchronizedContainers));
  await node.stopDriver();
  node.runtime.listing = {
    pods: containers.map(({ pod }) => pod),
    containers: containers.map(({ container }) => container),
  };
  await node.api.call("removeSlices");
  const { registered, synchronizeMilliseconds } = await node.startDriver();
  const place = { contender: node.contender.name, prepared: prepared.length };
  results.add({ ...place, metric: "recovery.registered" }, registered);
  results.add({ ...place, metric: "recovery.synchronize" }, synchronizeMilliseconds, containers.length);
  await node.stopDriver();
}
