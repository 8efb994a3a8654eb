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
import { type OutputFormat, outputOption, print } from "./ui/output.ts";
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
