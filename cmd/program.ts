import { Command } from "commander";
import { cgroupsCommand } from "./cgroups/cgroups.ts";
import { checkClaimCommand } from "./check_claim/check_claim.ts";
import { cleanupCommand } from "./cleanup/cleanup.ts";
import { completionCommand } from "./completion/completion.ts";
import { clusterCommand } from "./cluster/cluster.ts";
import { demoCommand } from "./demo/demo.ts";
import { daemonCommand } from "./daemon/daemon.ts";
import { explainCommand } from "./explain/explain.ts";
import { gatherCommand } from "./gather/gather.ts";
import { inspectCommand } from "./inspect/inspect.ts";
import { manifestsCommand } from "./manifests/manifests.ts";
import { withHelp } from "./ui/help.ts";
import type { SharedOptions } from "./options/shared_options.ts";
import { type OutputFormat, outputOption, print } from "./ui/output.ts";
import { UsageError } from "./ui/fail.ts";
import { setupHugepagesCommand } from "./setup_hugepages/setup_hugepages.ts";
import { setupRuntimeCommand } from "./setup_runtime/setup_runtime.ts";
import { statusCommand } from "./status/status.ts";
import { validateCommand } from "./validate/validate.ts";
import { versionFields, versionText } from "./version.ts";

/** The command line: every command with its arguments and options. */
export function dramemoryProgram(): Command {
  const program = new Command("dramemory")
    .description(
      "Hands out a node's memory and hugepages by NUMA node: a Kubernetes DRA driver and NRI plugin.",
    )
    .exitOverride()
    .hook("preAction", (_, command) => requireNoEmptyValue(command))
    .version(versionText(), "-V, --version", "prints the version")
    .addCommand(inspectCommand())
    .addCommand(manifestsCommand())
    .addCommand(daemonCommand())
    .addCommand(demoCommand())
    .addCommand(statusCommand())
    .addCommand(clusterCommand())
    .addCommand(explainCommand())
    .addCommand(cgroupsCommand())
    .addCommand(gatherCommand())
    .addCommand(checkClaimCommand())
    .addCommand(setupHugepagesCommand())
    .addCommand(setupRuntimeCommand())
    .addCommand(validateCommand())
    .addCommand(cleanupCommand())
    .addCommand(
      new Command("version").summary("prints the version").description("Prints the version.")
        .addOption(outputOption())
        .action(({ output }: { output: OutputFormat }) => print(output, versionFields(), versionText)),
    );
  program.addCommand(completionCommand(program));
  withHelp(program);
  return program;
}

/** Options to which an empty value says that there is to be none. */
const emptyForNone: ReadonlySet<string> = new Set<keyof SharedOptions>(["cgroupMount", "runDir"]);

/** An empty name or path is that of a variable of the shell that is not set, and not a wish. Throws {@link UsageError}. */
function requireNoEmptyValue(command: Command): void {
  const [option] = command.options.filter((option) =>
    command.getOptionValue(option.attributeName()) === "" && !emptyForNone.has(option.attributeName())
  );
  if (option !== undefined) throw new UsageError(`The value of ${option.long ?? option.short} is empty`);
  if (command.args.includes("")) throw new UsageError("An argument is empty");
}
