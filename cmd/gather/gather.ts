import { Command } from "commander";
import { givenOption, sharedOption, withSharedOptions } from "../options/shared_options.ts";
import { type GatherOptions, gatherPlaces } from "./gather_options.ts";

const examples = `
What is in the archive: versions, what validate, inspect, status and cgroups say, the files that the topology is read
from, the configuration of runtime and kubelet, the runtime's command line, the checkpoint of prepared claims, the last
lines of the logs. Whatever could be had is in it; errors.txt says what could not.
What is left out: values under names like token, password, secret, auth or key, tokens and keys in texts, and the
values of environments other than the driver's own variables. Names of pods and claims are in it: look it through
before you publish it.

Examples:
  dramemory gather                         to dramemory-<node>-<time>.tar.gz
  dramemory gather report.tar.gz
  kubectl exec -n kube-system dramemory-x2x4z -- dramemory gather - >report.tar.gz`;

/** `dramemory gather`: everything for a bug report in one file. */
export function gatherCommand(): Command {
  return withSharedOptions(new Command("gather"), ...gatherPlaces)
    .summary("gathers everything for a bug report in one file")
    .description(
      "Gathers what is known of this node, its driver and its claims in an archive for a bug report, without secrets. " +
        "Run it as root on the node itself.",
    )
    .argument("[file]", "the archive, which must not be there yet; - for standard output")
    .option("--node-name <name>", "how the node is called in the archive's name (default: the host's name)")
    .addOption(sharedOption("kubeletRoot", ", or the one that it was started with"))
    .addOption(sharedOption("nriSocket", ", or the one that its configuration says"))
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: GatherOptions, command: Command) =>
      (await import("./run_gather.ts")).runGather(file, {
        ...options,
        kubeletRoot: givenOption(command, "kubeletRoot"),
        nriSocket: givenOption(command, "nriSocket"),
      })
    );
}
