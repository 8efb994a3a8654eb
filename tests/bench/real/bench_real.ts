import { requirePeer } from "../../peers/go.ts";
import { nodeProgram } from "../../peers/node/node_peer.ts";
import type { Contender } from "../bench_node.ts";
import { RealCluster } from "./cluster.ts";
import { measureFloor } from "./floors.ts";
import { measureMany } from "./many.ts";
import { Measurements } from "./measurements.ts";
import { RealNode } from "./node.ts";
import { measureRounds, type RealExtent } from "./rounds.ts";

/** What is measured beside the real components. */
export interface RealBench {
  readonly contenders: readonly Contender[];
  /** A program that serves and asks as a driver does, and does nothing else: it has all of a driver's lives. */
  readonly serving?: Contender;
  readonly floors: readonly Contender[];
  readonly extent: RealExtent;
  /** Where the nodes have their directories: a tmpfs, as most of what a driver writes to is one on a node. */
  readonly directory: string;
  /** Hears of each value at once. */
  readonly told: (metric: string, contender: string, value: number) => void;
}

/** Measures drivers in turn, at one real API server. Takes root, for a mount namespace for each driver. */
export async function benchReal(
  { contenders, serving, floors, extent, directory, told }: RealBench,
): Promise<Measurements> {
  const peer = await requirePeer(nodeProgram);
  const measurements = new Measurements(told);
  await using started = new AsyncDisposableStack();
  const cluster = await RealCluster.start();
  started.defer(() => cluster.stop());
  const nodes: RealNode[] = [];
  for (const [index, contender] of [...contenders, ...serving ? [serving] : []].entries()) {
    const node = await RealNode.start(contender, `node-${"abc"[index] ?? index}`, cluster, peer, directory);
    started.defer(() => node.stop());
    nodes.push(node);
    measurements.add(contender.name, "binary.size", (await Deno.stat(contender.binary)).size / 2 ** 20);
  }
  for (const node of nodes) {
    // Brings the executable into the page cache and makes the objects.
    await node.claims(1_100);
    await node.startDriver();
    await node.stopDriver();
  }
  await measureRounds(nodes, measurements, extent);
  for (const node of nodes.slice(0, contenders.length)) await measureMany(node, measurements, extent);
  for (const { name, binary } of floors) {
    await measureFloor(name, binary, directory, measurements, extent.rounds);
  }
  return measurements;
}
