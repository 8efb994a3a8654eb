import { Command } from "commander";
import { usualPodLogs } from "../../adapters/operations/host/pod_uids.ts";
import { sharedOption } from "../options/shared_options.ts";
import { outputOption } from "../ui/output.ts";
import type { CgroupsOptions } from "./run_cgroups.ts";

const examples = `
Examples:
  dramemory cgroups                                      every pod of this node
  dramemory cgroups --pod default/database
  dramemory cgroups --pod 0c01e379-873c-488c-8f77-02fdeaf6711a
  dramemory cgroups -o json`;

/** `dramemory cgroups`: the hugetlb limits of the kubelet's hierarchy. */
export function cgroupsCommand(): Command {
  return new Command("cgroups")
    .summary("shows the hugetlb limits on the way to each container")
    .description(
      "Shows the hugetlb limits of the kubelet's cgroups as a tree: what each may use and reserve, what it does, and " +
        "how often it met a limit. The lowest limit on the way to a container counts.",
    )
    .option("--pod <pod>", "only this pod, a UID or NAMESPACE/NAME, with what is above and below it")
    .option("--pod-logs <dir>", "where the kubelet keeps pods' logs, which tells a pod's UID", usualPodLogs)
    .addOption(sharedOption("cgroupMount"))
    .addOption(sharedOption("procfsRoot"))
    .addOption(outputOption())
    .addHelpText("after", examples)
    .action(async (options: CgroupsOptions) => (await import("./run_cgroups.ts")).runCgroups(options));
}
