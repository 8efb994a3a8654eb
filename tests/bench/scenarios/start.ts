import type { BenchNode, Started } from "../bench_node.ts";
import { type Setting, withNodes } from "../scenario.ts";

const phases = ["registered", "synchronized", "published"] as const satisfies readonly (keyof Started)[];

/** From a driver's start until it is known everywhere, and its end. Its file is in the page cache. */
export async function measureStarts(setting: Setting): Promise<void> {
  const { extent, results } = setting;
  await withNodes(setting, async (nodes) => {
    const starts = new Map(nodes.map((node) => [node, [] as Started[]]));
    const ends = new Map(nodes.map((node) => [node, [] as number[]]));
    // The first start of each brings its file into the page cache and does not count.
    for (let run = 0; run <= extent.starts; run++) {
      for (const node of nodes) {
        await node.api.call("removeSlices");
        const started = await node.startDriver();
        const ended = await node.stopDriver();
        if (run === 0) continue;
        starts.get(node)?.push(started);
        ends.get(node)?.push(ended);
      }
    }
    for (const node of nodes) {
      const contender = node.contender.name;
      for (const phase of phases) {
        const milliseconds = (starts.get(node) ?? []).map((started) => started[phase]);
        results.addMedian({ contender, metric: `start.${phase}` }, milliseconds);
      }
      results.addMedian({ contender, metric: "exit.time" }, ends.get(node) ?? []);
      results.add({ contender, metric: "exit.left" }, node.leftBehind().length);
    }
    for (const node of nodes) await measureSize(node, setting);
  });
}

async function measureSize({ contender: { name, binary } }: BenchNode, { results }: Setting): Promise<void> {
  const { size } = await Deno.stat(binary);
  results.add({ contender: name, metric: "binary.size" }, size / 2 ** 20);
}
