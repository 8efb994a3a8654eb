import { Command } from "commander";
import { givenOption, sharedOption } from "../options/shared_options.ts";
import { outputOption } from "../ui/output.ts";
import type { ValidateOptions } from "./run_validate.ts";

const examples = `
Examples:
  dramemory validate                            this node, as a table; exit 1 when a check fails
  dramemory validate -o json | jq '.checks[] | select(.outcome == "fail")'
  dramemory validate --runtime containerd --runtime-config /srv/containerd.toml

Nothing is changed. The runtime's NRI socket is connected to for a moment, which containerd logs as a plugin that
failed to register.`;

/** `dramemory validate`: whether the node is fit for the driver, and what to do where it is not. */
export function validateCommand(): Command {
  return new Command("validate")
    .summary("says whether the node is fit for the driver, and what to do where it is not")
    .description(
      "Checks whether this node is fit for the driver: kernel, cgroups, hugepages, kubelet and container runtime, " +
        "each with what to do where it is not. Run it as root on the node itself.",
    )
    .addOption(outputOption())
    .addOption(sharedOption("sysfsRoot"))
    .addOption(sharedOption("procfsRoot"))
    .addOption(sharedOption("cgroupMount", "; empty if pods' limits are left alone"))
    .addOption(sharedOption("kubeletRoot", ", or the one that it was started with"))
    .addOption(sharedOption("kubeletConfig"))
    .addOption(sharedOption("cdiDir"))
    .addOption(sharedOption("nriSocket", ", or the one that its configuration says"))
    .addOption(sharedOption("runtime"))
    .addOption(sharedOption("runtimeConfig"))
    .addHelpText("after", examples)
    .action(async (options: ValidateOptions, command: Command) =>
      (await import("./run_validate.ts")).runValidate({
        ...options,
        kubeletRoot: givenOption(command, "kubeletRoot"),
        nriSocket: givenOption(command, "nriSocket"),
      })
    );
}
