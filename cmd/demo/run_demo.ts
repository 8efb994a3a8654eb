import { join } from "node:path";
import { SimulatedCluster } from "../../adapters/simulator/simulated_cluster.ts";
import {
  arm64With16k,
  arm64With64k,
  highBandwidth,
  memoryTiers,
  type SampleMachine,
  twoNuma,
  writeSampleMachine,
} from "../../adapters/simulator/machine/sample_machine.ts";
import { connectToCluster } from "../../adapters/driver/kubernetes/connect.ts";
import { configureLogging } from "../../adapters/driver/monitoring/log/log.ts";
import type { DemoTopology } from "./demo_topologies.ts";
import { DemoReport } from "./demo_report.ts";
import { playDemo } from "./demo_story.ts";
import { Driver } from "../daemon/driver.ts";
import { readTopology } from "../options/node_options.ts";

/** The flags of the demo. */
export interface DemoOptions {
  readonly topology: DemoTopology;
  readonly verbose: boolean;
}

const sampleMachines: Readonly<Record<Exclude<DemoTopology, "this-machine">, SampleMachine>> = {
  "two-numa": twoNuma,
  "memory-tiers": memoryTiers,
  "high-bandwidth": highBandwidth,
  "arm64-16k": arm64With16k,
  "arm64-64k": arm64With64k,
};

/** Plays the demo in a temporary directory. Throws {@link OperatorError} when a step did not turn out as it must. */
export async function runDemo({ topology, verbose }: DemoOptions): Promise<void> {
  if (verbose) await configureLogging("text", 4);
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-demo-" }));
  try {
    await inDirectory(directory, topology);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function inDirectory(directory: string, topology: DemoOptions["topology"]): Promise<void> {
  const node = await machine(directory, topology);
  const found = await readTopology(node);
  const cluster = new SimulatedCluster(directory, found.hugepageSizes);
  const nodeName = "demo-node";
  try {
    await cluster.start(nodeName);
    const connection = await connectToCluster({ kubeconfig: cluster.paths.kubeconfig });
    const options = {
      ...node,
      ...cluster.paths,
      nodeName,
      bindAddress: "127.0.0.1:0",
      runDir: join(directory, "run"),
      bootId: crypto.randomUUID(),
      isUnified: true,
    };
    const driver = new Driver(options, connection);
    await playDemo({ report: new DemoReport(), cluster, driver, topology: found, nodeName });
  } finally {
    await cluster.stop();
  }
}

async function machine(directory: string, topology: DemoOptions["topology"]) {
  if (topology === "this-machine") return { sysfsRoot: "/sys", procfsRoot: "/proc" };
  const roots = { sysfsRoot: join(directory, "sys"), procfsRoot: join(directory, "proc") };
  await writeSampleMachine(sampleMachines[topology], roots.sysfsRoot, roots.procfsRoot);
  return roots;
}
