import { Command, InvalidArgumentError, Option } from "commander";
import { nodeOptions } from "../options/node_options.ts";
import { seconds } from "../options/seconds.ts";
import { sharedOption, withSharedOptions } from "../options/shared_options.ts";
import { usualDriverOptions as usual } from "./driver_options.ts";
import type { DaemonOptions } from "./run_daemon.ts";

const examples = `
Examples:
  dramemory daemon --hostname-override=$(NODE_NAME)        in a DaemonSet
  dramemory daemon --kubeconfig=/etc/kubernetes/admin.conf --cgroup-mount= -v=4`;

/** `dramemory daemon`: the driver itself. */
export function daemonCommand(): Command {
  return withSharedOptions(new Command("daemon"), ...nodeOptions)
    .summary("runs the driver")
    .description("Runs the driver of this node until it is told to stop.")
    .option("--kubeconfig <file>", "how to reach the cluster; by default the pod's service account")
    .option("--hostname-override <name>", "the name of this Node (default: the host's name)")
    .addOption(sharedOption("cgroupMount", "; empty leaves pods' limits alone"))
    .option(
      "--bind-address <host:port>",
      "where /healthz, /readyz and /metrics are served",
      usual.bindAddress,
    )
    .addOption(sharedOption("runDir", ", for root alone; empty for none"))
    .addOption(sharedOption("kubeletRoot"))
    .addOption(sharedOption("cdiDir"))
    .addOption(sharedOption("nriSocket"))
    .addOption(
      new Option("--resync-period <seconds>", "how often the node is looked at again").argParser(seconds)
        .default(usual.resyncPeriod),
    )
    .addOption(
      new Option(
        "--compare-period <seconds>",
        "how often containers are compared with what they were promised, for the metrics; 0 for never",
      )
        .argParser(notNegative).default(usual.comparePeriod),
    )
    .addOption(
      new Option("--orphan-grace <seconds>", "after which claims that the cluster does not know are released")
        .argParser(seconds).default(usual.orphanGrace),
    )
    .option(
      "--rolling-update",
      "shares the node with another instance during an update; wants POD_UID set",
      false,
    )
    .option(
      "--fail-closed",
      "has the runtime fail containers that it asked about in vain, not those while the driver is away (NRI 0.12.5)",
      usual.failClosed,
    )
    .addOption(
      new Option("--verify-free-hugepages <bool>", "asks the kernel before hugepages are promised")
        .argParser(boolean).default(usual.verifyFreeHugepages),
    )
    .addOption(
      new Option(
        "--report-claims <bool>",
        "writes into each claim's status.devices what it was given and where",
      )
        .argParser(boolean).default(usual.reportClaims),
    )
    .option(
      "--numa-node-list",
      "publishes resource.kubernetes.io/numaNode as a list, the node first and then the nearest of its socket; wants " +
        "the feature gate DRAListTypeAttributes (alpha) of API server and scheduler",
      usual.numaNodeList,
    )
    // The server protects itself, and says when to come again: a bound here would only make pods wait.
    .addOption(
      new Option("--kube-api-qps <number>", "requests to the API server a second, 0 for no bound")
        .argParser(notNegative).default(0),
    )
    .addOption(
      new Option("--kube-api-burst <number>", "requests at once, where --kube-api-qps has a bound")
        .argParser(positive).default(500),
    )
    .addOption(new Option("--log-format <format>", "text or json").choices(["text", "json"]).default("text"))
    .addOption(new Option("-v <level>", "how much is logged; 4 for everything").argParser(level).default(2))
    .addHelpText("after", examples)
    .action(async (options: DaemonOptions) => (await import("./run_daemon.ts")).runDaemon(options));
}

function boolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new InvalidArgumentError("true or false is wanted.");
}

function positive(text: string): number {
  const value = notNegative(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("A number above 0 is wanted.");
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1e6) return value;
  throw new InvalidArgumentError("A number is wanted, from 0 to 1000000.");
}

function level(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number is wanted.");
}
