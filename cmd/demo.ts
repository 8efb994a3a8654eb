import { Command, Option } from "commander";
import { join } from "node:path";
import { connectToCluster } from "../adapters/kubernetes/connect.ts";
import { configureLogging } from "../adapters/log/log.ts";
import { EmbeddedCluster } from "../adapters/embedded/embedded_cluster.ts";
import { twoNuma, writeSampleMachine } from "../adapters/embedded/sample_machine.ts";
import { parseReservedMemory } from "../core/devices/reserved_memory.ts";
import { DemoError, DemoReport } from "./demo_report.ts";
import { runDemo } from "./demo_story.ts";
import { Driver } from "./driver.ts";
import { JobError } from "./fail.ts";
import { readTopology } from "./node_options.ts";

const examples = `
Examples:
  dramemory demo                         on this machine's own memory
  dramemory demo --topology two-numa     on a sample machine with two NUMA nodes`;

interface DemoOptions {
  readonly topology: "this-machine" | "two-numa";
  readonly verbose: boolean;
}

/** `dramemory demo`: the main job against embedded counterparts, in a temporary directory. */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Runs the driver against an embedded API server, kubelet and container runtime, and shows each step. " +
        "Needs no cluster, no container runtime and no root.",
    )
    .addOption(
      new Option("--topology <machine>", "whose memory").choices(["this-machine", "two-numa"]).default(
        "this-machine",
      ),
    )
    .option("--verbose", "shows the driver's log as well", false)
    .addHelpText("after", examples)
    .action(demo);
}

async function demo({ topology, verbose }: DemoOptions): Promise<void> {
  if (verbose) await configureLogging("text", 4);
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "dramemory-" }));
  try {
    await inDirectory(directory, topology);
  } catch (cause) {
    if (!(cause instanceof DemoError)) throw cause;
    throw new JobError(cause.message, { cause });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function inDirectory(directory: string, topology: DemoOptions["topology"]): Promise<void> {
  const node = { ...await machine(directory, topology), reservedMemory: parseReservedMemory("") };
  const found = await readTopology(node);
  const cluster = new EmbeddedCluster(directory, found.hugepageSizes);
  const nodeName = "demo-node";
  try {
    await cluster.start(nodeName);
    const connection = await connectToCluster({ kubeconfig: cluster.paths.kubeconfig });
    const options = {
      ...node,
      ...cluster.paths,
      nodeName,
      bindAddress: "127.0.0.1:0",
      resyncMilliseconds: 60_000,
    };
    const driver = new Driver(options, connection);
    await runDemo({ report: new DemoReport(), cluster, driver, topology: found, nodeName });
  } finally {
    await cluster.stop();
  }
}

async function machine(directory: string, topology: DemoOptions["topology"]) {
  if (topology === "this-machine") return { sysfsRoot: "/sys", procfsRoot: "/proc" };
  const roots = { sysfsRoot: join(directory, "sys"), procfsRoot: join(directory, "proc") };
  await writeSampleMachine(twoNuma, roots.sysfsRoot, roots.procfsRoot);
  return roots;
}
