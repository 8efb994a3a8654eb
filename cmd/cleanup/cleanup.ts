import { Command } from "commander";
import { givenOption, sharedOption, withSharedOptions } from "../options/shared_options.ts";
import type { CleanupOptions } from "./run_cleanup.ts";

const examples = `
Removed are the CDI files of claims, the driver's directory and registration at the kubelet, and its own sockets. What
the runtime and systemd were set up with stays, and is named with what takes it back.

Examples:
  dramemory cleanup --dry-run     what is left on this node
  helm uninstall dramemory --namespace kube-system && ssh NODE sudo dramemory cleanup`;

/** `dramemory cleanup`: what an uninstalled driver left on this node goes. */
export function cleanupCommand(): Command {
  const command = new Command("cleanup")
    .summary("removes what an uninstalled driver left on this node")
    .description(
      "Removes what an uninstalled driver left on this node. While a driver runs, or pods are there that have claims, " +
        "nothing is removed. Needs root.",
    )
    .option("--dry-run", "only shows the plan", false)
    .option(
      "--force",
      "also while pods are there that have claims: their containers cannot start anew then",
      false,
    )
    .addOption(sharedOption("kubeletRoot", ", or the one that it was started with"));
  return withSharedOptions(
    command,
    "runDir",
    "cdiDir",
    "cgroupMount",
    "procfsRoot",
    "kubeletConfig",
    "runtime",
    "runtimeConfig",
  )
    .addHelpText("after", examples)
    .action(async (options: CleanupOptions, command: Command) =>
      (await import("./run_cleanup.ts")).runCleanup({
        ...options,
        kubeletRoot: givenOption(command, "kubeletRoot"),
      })
    );
}
