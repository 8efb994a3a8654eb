import { Command, CommanderError } from "commander";
import { cgroupsCommand } from "./cgroups/cgroups.ts";
import { completionCommand } from "./completion/completion.ts";
import { demoCommand } from "./demo/demo.ts";
import { JobError, UsageError } from "./ui/fail.ts";
import { daemonCommand } from "./daemon/daemon.ts";
import { gatherCommand } from "./gather/gather.ts";
import { inspectCommand } from "./inspect/inspect.ts";
import { launch, launchedArguments } from "./daemon/launched.ts";
import { manifestsCommand } from "./manifests/manifests.ts";
import { withHelp } from "./ui/help.ts";
import { printLine } from "./ui/output.ts";
import { setupHugepagesCommand } from "./setup_hugepages/setup_hugepages.ts";
import { setupRuntimeCommand } from "./setup_runtime/setup_runtime.ts";
import { statusCommand } from "./status/status.ts";
import { validateCommand } from "./validate/validate.ts";
import { versionText } from "./version.ts";

const program = new Command("dramemory")
  .description(
    "Hands out a node's memory and hugepages by NUMA node: a Kubernetes DRA driver and NRI plugin.",
  )
  .exitOverride()
  .addCommand(inspectCommand())
  .addCommand(manifestsCommand())
  .addCommand(daemonCommand())
  .addCommand(demoCommand())
  .addCommand(statusCommand())
  .addCommand(cgroupsCommand())
  .addCommand(gatherCommand())
  .addCommand(setupHugepagesCommand())
  .addCommand(setupRuntimeCommand())
  .addCommand(validateCommand())
  .addCommand(
    new Command("version").summary("prints the version").description("Prints the version.").action(() =>
      printLine(versionText())
    ),
  );
program.addCommand(completionCommand(program));
withHelp(program);

const launched = launch();
Deno.exitCode = await run(
  launched !== undefined && Deno.args.length === 0 ? await launchedArguments(launched) : Deno.args,
);

/** Runs the command line. Exit 1 is a job that failed, 2 a command line that makes no sense. */
async function run(args: string[]): Promise<number> {
  try {
    await program.parseAsync(isKnown(args) ? args : args.slice(0, 1), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      console.error(`${error.message}\nRun it with --help to see how it is used.`);
      return 2;
    }
    if (error instanceof JobError) {
      console.error(error.message);
      return 1;
    }
    throw error;
  }
}

/** Whether it begins with a command that there is: --help behind another one would show the program's as its own. */
function isKnown([first = "-"]: readonly string[]): boolean {
  return first.startsWith("-") || program.commands.some((command) => command.name() === first);
}
