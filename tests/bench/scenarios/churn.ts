import { type BenchNode, sleep } from "../bench_node.ts";
import { type Memory, memoryOf } from "../process_usage.ts";
import { type Setting, withNodes } from "../scenario.ts";
import { callAll, width } from "../workload.ts";

const claimsAtATime = 1_000;

/** Memory after many claims were prepared and given back, and how much of it came after the first tenth. */
export async function measureChurn(setting: Setting): Promise<void> {
  const { extent: { churnedClaims }, results } = setting;
  await withNodes(setting, async (nodes) => {
    for (const node of nodes) await node.startDriver();
    const early = await churn(nodes, churnedClaims / 10, setting);
    const late = await churn(nodes, churnedClaims - churnedClaims / 10, setting);
    for (const node of nodes) {
      const contender = node.contender.name, former = early.get(node), latter = late.get(node);
      if (former === undefined || latter === undefined) continue;
      results.add({ contender, metric: "churn.resident" }, latter.resident / 2 ** 20, churnedClaims);
      results.add({ contender, metric: "churn.anonymous" }, latter.anonymous / 2 ** 20, churnedClaims);
      results.add(
        { contender, metric: "churn.growth" },
        (latter.anonymous - former.anonymous) / 2 ** 20,
        churnedClaims,
      );
    }
  });
}

async function churn(
  nodes: readonly BenchNode[],
  count: number,
  { extent }: Setting,
): Promise<Map<BenchNode, Memory>> {
  for (let done = 0; done < count; done += claimsAtATime) {
    for (const node of nodes) {
      const claims = await node.api.call("createClaims", Math.min(claimsAtATime, count - done));
      await callAll(node, "prepare", claims, width);
      await callAll(node, "unprepare", claims, width);
      await node.api.call("removeClaims", claims);
    }
  }
  await sleep(extent.settleSeconds * 1000);
  const memory = new Map<BenchNode, Memory>();
  for (const node of nodes) memory.set(node, await memoryOf(node.driver.pid));
  return memory;
}
