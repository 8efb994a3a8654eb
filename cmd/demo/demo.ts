import { Command, Option } from "commander";
import { demoTopologies } from "./demo_topologies.ts";
import type { DemoOptions } from "./run_demo.ts";

const examples = `
Examples:
  dramemory demo                            on this machine's own memory
  dramemory demo --topology two-numa        on a sample machine with two NUMA nodes
  dramemory demo --topology memory-tiers    on one with slower memory beside its two sockets
  dramemory demo --topology high-bandwidth  on one with high-bandwidth memory in its two sockets
  dramemory demo --topology arm64-64k       on one whose kernel has pages of 64Ki`;

/** `dramemory demo`: the main job against simulated components, in a temporary directory. */
export function demoCommand(): Command {
  return new Command("demo")
    .summary("shows the driver at work, without a cluster and without root")
    .description(
      "Runs the driver against a simulated API server, kubelet and container runtime, and shows each step. " +
        "Needs no cluster, no container runtime and no root.",
    )
    .addOption(
      new Option("--topology <machine>", "whose memory").choices(demoTopologies).default(
        "this-machine",
      ),
    )
    .option("--verbose", "shows the driver's log as well", false)
    .addHelpText("after", examples)
    .action(async (options: DemoOptions) => (await import("./run_demo.ts")).runDemo(options));
}
