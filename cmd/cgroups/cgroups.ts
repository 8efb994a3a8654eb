import { Command } from "commander";
import { cgroupMountHelp } from "../options/cgroup_place.ts";
import { type OutputFormat, outputOption } from "../ui/output.ts";

const examples = `
Examples:
  dramemory cgroups                                      every pod of this node
  dramemory cgroups --pod 0c01e379-873c-488c-8f77-02fdeaf6711a
  dramemory cgroups -o json`;

/** The flags of `cgroups`. */
export interface CgroupsOptions {
  readonly pod?: string;
  /** Undefined to find it. */
  readonly cgroupMount?: string;
  readonly procfsRoot: string;
  readonly output: OutputFormat;
}

/** `dramemory cgroups`: the hugetlb limits of the kubelet's hierarchy. */
export function cgroupsCommand(): Command {
  return new Command("cgroups")
    .summary("shows the hugetlb limits on the way to each container")
    .description(
      "Shows the hugetlb limits of the kubelet's cgroups as a tree: what each may use and reserve, what it does, and " +
        "how often it met a limit. The lowest limit on the way to a container counts.",
    )
    .option("--pod <uid>", "only this pod, with what is above and below it")
    .option("--cgroup-mount <dir>", cgroupMountHelp)
    .option("--procfs-root <dir>", "stands in for /proc, which tells where that is", "/proc")
    .addOption(outputOption())
    .addHelpText("after", examples)
    .action(async (options: CgroupsOptions) => (await import("./run_cgroups.ts")).runCgroups(options));
}
