import { CommanderError } from "commander";
import { kubectlCompletions } from "../adapters/operations/shells/kubectl.ts";
import { calledAs } from "./called_as.ts";
import { commandLineOf } from "./completion/completion.ts";
import { fittedErr, printLine } from "./ui/output.ts";
import { withoutEqualsSigns } from "./ui/short_options.ts";
import { UsageError } from "./ui/fail.ts";
import { launch, launchedArguments } from "./daemon/launched.ts";
import { dramemoryProgram } from "./program.ts";
import { isFromSystem, osReasonAt } from "../adapters/shared/files/os_reason.ts";
import { OperatorError } from "../core/values/operator_error.ts";

const program = dramemoryProgram();
const called = calledAs();
if (called === "kubectl plugin") program.name("kubectl dramemory");

const launched = launch();
if (called === "kubectl completion") printLine(kubectlCompletions(commandLineOf(program), Deno.args));
else {
  Deno.exitCode = await run(
    launched !== undefined && Deno.args.length === 0 ? await launchedArguments(launched) : Deno.args,
  );
}

/** Runs the command line. Exit 1 is a job that failed, 2 a command line that makes no sense. */
async function run(written: readonly string[]): Promise<number> {
  const args = withoutEqualsSigns(written);
  try {
    await program.parseAsync(isKnown(args) ? args : args.slice(0, 1), { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      console.error(fittedErr(`${error.message}\nRun it with --help to see how it is used.`));
      return 2;
    }
    if (error instanceof OperatorError) {
      console.error(fittedErr(error.message));
      return 1;
    }
    if (isFromSystem(error)) {
      console.error(fittedErr(`Cannot go on: ${osReasonAt(error)}`));
      return 1;
    }
    throw error;
  }
}

/** Whether it begins with a command that there is: --help behind another one would show the program's as its own. */
function isKnown([first = "-"]: readonly string[]): boolean {
  return first.startsWith("-") || program.commands.some((command) => command.name() === first);
}
