import { Command } from "commander";
import { withClusterOptions } from "../options/cluster_options.ts";
import { outputOption } from "../ui/output.ts";
import { watchOption } from "../ui/watch.ts";
import type { ClusterCommandOptions } from "./run_cluster.ts";

const examples = `
Examples:
  dramemory cluster
  dramemory cluster --node worker-7 -o wide       with pools, driver's version and taints
  dramemory cluster -o svg >cluster.svg
  dramemory cluster --pool-status                 without reading the claims
  kubectl dramemory cluster --context prod        as a plugin of kubectl`;

/** `dramemory cluster`: what is free where, from the slices and claims of a cluster. */
export function clusterCommand(): Command {
  return withClusterOptions(new Command("cluster"))
    .summary("shows what is free where in a cluster, by node and device")
    .description(
      "Shows the memory and hugepages of a cluster's nodes, what claims hold of them, the largest piece that one " +
        "request can still be given, and what is stale. Reads slices and claims; nodes and the driver's pods if it may.",
    )
    .option("-A, --all-namespaces", "all namespaces, which count anyway: devices have none")
    .option("--node <name>", "this node alone")
    .option(
      "--pool-status",
      "pools alone, as the cluster's controller counts them (ResourcePoolStatusRequest, alpha in Kubernetes 1.37)",
    )
    .addOption(outputOption("wide", "svg"))
    .addOption(watchOption())
    .addHelpText("after", examples)
    .action(async (options: ClusterCommandOptions) => (await import("./run_cluster.ts")).runCluster(options));
}
