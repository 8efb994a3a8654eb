import { type BenchNode, sleep } from "../bench_node.ts";
import { plainContainer } from "../containers.ts";
import { memoryOf } from "../process_usage.ts";
import { type Setting, withNodes } from "../scenario.ts";
import { callAll, width } from "../workload.ts";
import { measureContainerCalls } from "./containers.ts";

/**
 * A program that serves the same sockets and does nothing: what is left is the platform's, the protocol's and this
 * benchmark's own share of the figures.
 */
export async function measureServingFloor(setting: Setting): Promise<void> {
  const { extent, results } = setting;
  await withNodes(setting, async (nodes) => {
    for (const node of nodes) {
      const contender = node.contender.name;
      const starts = [];
      for (let run = 0; run < extent.starts; run++) {
        starts.push(await node.startDriver({ publishes: false }));
        if (run < extent.starts - 1) await node.stopDriver();
      }
      for (const phase of ["registered", "synchronized"] as const) {
        results.addMedian({ contender, metric: `start.${phase}` }, starts.map((started) => started[phase]));
      }
      await sleep(extent.settleSeconds * 1000);
      const { resident, anonymous } = await memoryOf(node.driver.pid);
      results.add({ contender, metric: "memory.resident", prepared: 0 }, resident / 2 ** 20);
      results.add({ contender, metric: "memory.anonymous", prepared: 0 }, anonymous / 2 ** 20);
      await measureServing(node, setting);
      results.add({ contender, metric: "exit.time" }, await node.stopDriver());
    }
  });
}

async function measureServing(node: BenchNode, { extent, results }: Setting): Promise<void> {
  const contender = node.contender.name, prepared = 0;
  const claims = await node.api.call("createClaims", extent.parallelCalls);
  for (const operation of ["prepare", "unprepare"] as const) {
    const { milliseconds } = await callAll(node, operation, claims.slice(0, extent.aloneCalls), 1);
    results.addLatencies({ contender, prepared, metric: `${operation}.alone` }, milliseconds);
    const { perSecond } = await callAll(node, operation, claims, width);
    results.add({ contender, prepared, metric: `${operation}.parallel` }, perSecond, claims.length);
  }
  const milliseconds = await measureContainerCalls(
    node,
    Array.from({ length: extent.containers }, (_, index) => plainContainer(`plain-${index}`)),
  );
  results.addLatencies({ contender, metric: "container.plain" }, milliseconds);
}

/** A program that does nothing at all. */
export async function measureEmptyFloor({ extent, results, contenders }: Setting): Promise<void> {
  for (const { name: contender, binary } of contenders) {
    const starts: number[] = [];
    for (let run = 0; run <= extent.starts; run++) {
      const start = performance.now();
      const child = new Deno.Command(binary, { stdin: "null", stdout: "null", stderr: "piped" }).spawn();
      const reader = child.stderr.getReader();
      await reader.read();
      if (run > 0) starts.push(performance.now() - start);
      if (run === extent.starts) {
        await sleep(extent.settleSeconds * 1000);
        const { resident, anonymous } = await memoryOf(child.pid);
        results.add({ contender, metric: "memory.resident", prepared: 0 }, resident / 2 ** 20);
        results.add({ contender, metric: "memory.anonymous", prepared: 0 }, anonymous / 2 ** 20);
      }
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    }
    results.addMedian({ contender, metric: "start.registered" }, starts);
    results.add({ contender, metric: "binary.size" }, (await Deno.stat(binary)).size / 2 ** 20);
  }
}
