import { Command } from "commander";

/** The options of every command that looks at a cluster; kubectl has them as well. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Adds the options of {@link ClusterOptions} to a command. */
export function withClusterOptions(command: Command): Command {
  return command
    .option(
      "--kubeconfig <file>",
      "how to reach the cluster; by default $KUBECONFIG, ~/.kube/config, or the pod's service account",
    )
    .option("--context <name>", "the context of the kubeconfig (default: its current one)");
}
