import { Command, Option } from "commander";
import { defaultRunDir } from "../../adapters/driver/status_socket/run_directory.ts";
import { cgroupMountHelp } from "../options/cgroup_place.ts";
import type { PreflightOptions } from "../validate/preflight_checks.ts";
import type { StatusPlaces } from "../status/status.ts";

const examples = `
What is in the archive: versions, what validate, inspect, status and cgroups say, the files that the topology is read
from, the configuration of runtime and kubelet, the record of prepared claims, the last lines of the logs. Whatever
could be had is in it; errors.txt says what could not.
What is left out: values under names like token, password, secret, auth or key, tokens and keys in texts, and the
values of environments other than the driver's own variables. Names of pods and claims are in it: look it through
before you publish it.

Examples:
  dramemory gather                         to dramemory-<node>-<time>.tar.gz
  dramemory gather report.tar.gz
  kubectl exec -n kube-system dramemory-x2x4z -- dramemory gather - >report.tar.gz`;

/** The flags of `gather`. */
export interface GatherOptions extends StatusPlaces, PreflightOptions {
  readonly nodeName?: string;
}

/** `dramemory gather`: everything for a bug report in one file. */
export function gatherCommand(): Command {
  return new Command("gather")
    .summary("gathers everything for a bug report in one file")
    .description(
      "Gathers what is known of this node, its driver and its claims in an archive for a bug report, without secrets. " +
        "Run it as root on the node itself.",
    )
    .argument("[file]", "the archive, which must not be there yet; - for standard output")
    .option("--node-name <name>", "how the node is called in the archive's name (default: the host's name)")
    .option("--run-dir <dir>", "where the driver has its socket", defaultRunDir)
    .option("--cdi-dir <dir>", "where the driver keeps its record of prepared claims", "/var/run/cdi")
    .option("--cgroup-mount <dir>", cgroupMountHelp)
    .option("--kubelet-root <dir>", "the kubelet's directory", "/var/lib/kubelet")
    .option("--kubelet-config <file>", "the kubelet's configuration (default: that of the kubelet that runs)")
    .option("--nri-socket <path>", "the runtime's NRI socket", "/var/run/nri/nri.sock")
    .addOption(
      new Option("--runtime <name>", "the container runtime (default: the one that the kubelet uses)")
        .choices(["containerd", "crio"]),
    )
    .option(
      "--runtime-config <path>",
      "containerd's main file or CRI-O's directory (default: that of the one that runs)",
    )
    .option("--sysfs-root <dir>", "stands in for /sys, to look at a copy of another machine's", "/sys")
    .option("--procfs-root <dir>", "stands in for /proc, likewise", "/proc")
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: GatherOptions) =>
      (await import("./run_gather.ts")).runGather(file, options)
    );
}
