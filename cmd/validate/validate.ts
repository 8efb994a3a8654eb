import { Command, Option } from "commander";
import { type OutputFormat, outputOption } from "../ui/output.ts";
import type { PreflightOptions } from "./preflight_checks.ts";

const examples = `
Examples:
  dramemory validate                            this node, as a table; exit 1 when a check fails
  dramemory validate -o json | jq '.checks[] | select(.outcome == "fail")'
  dramemory validate --runtime-config /var/lib/rancher/k3s/agent/etc/containerd/config.toml

Nothing is changed. The runtime's NRI socket is connected to for a moment, which containerd logs as a plugin that
failed to register.`;

/** The flags of `validate`. */
export interface ValidateOptions extends PreflightOptions {
  readonly output: OutputFormat;
}

/** `dramemory validate`: whether the node is fit for the driver, and what to do where it is not. */
export function validateCommand(): Command {
  return new Command("validate")
    .summary("says whether the node is fit for the driver, and what to do where it is not")
    .description(
      "Checks whether this node is fit for the driver: kernel, cgroups, hugepages, kubelet and container runtime, " +
        "each with what to do where it is not. Run it as root on the node itself.",
    )
    .addOption(outputOption())
    .option("--sysfs-root <dir>", "stands in for /sys", "/sys")
    .option("--procfs-root <dir>", "stands in for /proc", "/proc")
    .option(
      "--cgroup-mount <dir>",
      "the cgroup v2 hierarchy (default: the mounted one that carries hugetlb); empty if pods' limits are left alone",
    )
    .option("--kubelet-root <dir>", "the kubelet's directory", "/var/lib/kubelet")
    .option(
      "--kubelet-config <file>",
      "the kubelet's configuration (default: that of the kubelet that runs, or /var/lib/kubelet/config.yaml)",
    )
    .option("--cdi-dir <dir>", "where CDI specifications are written", "/var/run/cdi")
    .option("--nri-socket <path>", "the runtime's NRI socket", "/var/run/nri/nri.sock")
    .addOption(
      new Option("--runtime <name>", "the container runtime (default: the one that the kubelet uses)")
        .choices(["containerd", "crio"]),
    )
    .option(
      "--runtime-config <path>",
      "containerd's main file or CRI-O's directory (default: that of the one that runs, or its usual place)",
    )
    .addHelpText("after", examples)
    .action(async (options: ValidateOptions) => (await import("./run_validate.ts")).runValidate(options));
}
