import { BenchNode, type Contender } from "./bench_node.ts";
import type { Extent } from "./_extent.ts";
import type { Results } from "./_results.ts";

/** What a scenario measures, and where that goes. */
export interface Setting {
  /** The drivers, which take turns in everything. */
  readonly contenders: readonly Contender[];
  readonly extent: Extent;
  /** Where each driver's node gets its directory. */
  readonly directory: string;
  readonly results: Results;
}

/** A part of the benchmark. */
export type Scenario = (setting: Setting) => Promise<void>;

/** Runs a scenario with a node for each driver. */
export async function withNodes(
  { contenders, directory }: Setting,
  run: (nodes: readonly BenchNode[]) => Promise<void>,
): Promise<void> {
  await using started = new AsyncDisposableStack();
  const nodes: BenchNode[] = [];
  for (const contender of contenders) {
    const node = await BenchNode.start(contender, directory);
    started.defer(() => node.stop());
    nodes.push(node);
  }
  await run(nodes);
}
