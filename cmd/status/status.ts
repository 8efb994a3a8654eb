import { Command } from "commander";
import { defaultRunDir } from "../../adapters/driver/status_socket/run_directory.ts";
import { cgroupMountHelp } from "../options/cgroup_place.ts";
import { type OutputFormat, outputOption } from "../ui/output.ts";
import { type WatchChoice, watchOption } from "../ui/watch.ts";

const examples = `
Examples:
  dramemory status
  dramemory status --watch                         again, whenever something changed
  dramemory status -o json | jq '.containers[] | select(.differs)'
  kubectl exec -n kube-system ds/dramemory -- dramemory status`;

/** Where the driver of this node and what it is responsible for are found. */
export interface StatusPlaces {
  readonly runDir: string;
  readonly cdiDir: string;
  /** Undefined to find it. */
  readonly cgroupMount?: string;
  readonly procfsRoot: string;
}

/** The flags of `status`. */
export interface StatusOptions extends StatusPlaces {
  readonly output: OutputFormat;
  readonly watch?: WatchChoice;
}

/** `dramemory status`: the driver of this node, its claims, and whether their containers have what was promised. */
export function statusCommand(): Command {
  return withStatusPlaces(new Command("status"))
    .summary("shows the driver, its claims, and whether containers have what was promised")
    .description(
      "Asks the driver of this node how it is doing and what it has promised, and the kernel whether each container " +
        "has it. Without a driver it shows the record on disk. Needs root.",
    )
    .addOption(outputOption())
    .addOption(watchOption())
    .addHelpText("after", examples)
    .action(async (options: StatusOptions) => (await import("./run_status.ts")).runStatus(options));
}

/** Adds the options of {@link StatusPlaces} to a command. */
export function withStatusPlaces(command: Command): Command {
  return command
    .option("--run-dir <dir>", "where the driver has its socket", defaultRunDir)
    .option("--cdi-dir <dir>", "where the driver keeps its record of prepared claims", "/var/run/cdi")
    .option("--cgroup-mount <dir>", cgroupMountHelp)
    .option("--procfs-root <dir>", "stands in for /proc, to look at a copy of another machine's", "/proc");
}
