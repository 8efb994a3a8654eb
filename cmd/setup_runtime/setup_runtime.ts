import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { type RuntimeName, runtimeNames } from "../../adapters/operations/runtimes/runtime_names.ts";
import { parseRuntimeVersion, type RuntimeVersion } from "../../core/operations/runtimes/runtime_version.ts";
import { withSharedOptions } from "../options/shared_options.ts";
import type { SetupRuntimeOptions } from "./run_setup_runtime.ts";

const examples = `
Examples:
  dramemory setup-runtime containerd --check             what would change, exit 1 if anything
  dramemory setup-runtime containerd --restart           the kubelet's containerd, that of k3s or k0s too
  containerd config default | dramemory setup-runtime containerd - >config.toml
  dramemory setup-runtime containerd --undo --restart    all as it was before
  dramemory setup-runtime crio --require-plugin          fail closed: no container starts without the driver

In a container, mount the directory of the configuration under the path that it has on the host. --restart
then takes hostPID: true, a privileged container, and nsenter in it.`;

/** `dramemory setup-runtime`: the runtime's configuration made fit for the driver. */
export function setupRuntimeCommand(): Command {
  const command = new Command("setup-runtime")
    .summary("turns on NRI, CDI and hugepage limits in the container runtime")
    .description(
      "Turns on NRI, CDI and hugepage limits in the container runtime's configuration. Comments, order and all " +
        "other settings stay, and the former file is kept beside the new one.",
    )
    .addArgument(new Argument("<runtime>", "which one it is").choices(runtimeNames))
    .argument(
      "[path]",
      "containerd's main file, or - to read it from stdin and print the new one; CRI-O's directory, or FILE:DIRECTORY as " +
        "its flags name them (default: that of the one that the kubelet uses, usually " +
        "/etc/containerd/config.toml or /etc/crio)",
    )
    .option("--check", "only shows what would change; exit 1 if anything would", false)
    .option("--require-plugin", "also has the runtime refuse containers while the driver is away", false)
    .option(
      "--undo",
      "takes back what this command has written, as far as others changed nothing since",
      false,
    )
    .option("--restart", "restarts the runtime if anything changed", false)
    .addOption(
      new Option(
        "--runtime-version <version>",
        "the runtime's version, where it matters (default: what the installed one says)",
      ).argParser(version),
    )
    .option("--service <name>", "the service to restart (default: the one that the runtime belongs to)");
  return withSharedOptions(command, "procfsRoot", "kubeletConfig")
    .addHelpText("after", examples)
    .action(async (runtime: RuntimeName, path: string | undefined, options: SetupRuntimeOptions) =>
      (await import("./run_setup_runtime.ts")).runSetupRuntime(runtime, path, options)
    );
}

function version(text: string): RuntimeVersion {
  const parsed = parseRuntimeVersion(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError("A version like 2.1 is wanted.");
}
