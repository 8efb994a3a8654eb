import { Command, type OutputConfiguration } from "commander";
import { printText } from "./output.ts";
import { errHasColors, errWidth, outHasColors, outWidth, writeErr } from "./terminal.ts";

const exitCodes = `
Exit codes:
  0  it is done
  1  it failed; the reason and what helps are on stderr
  2  the command line makes no sense`;

const environment = `
Environment:
  NO_COLOR  nothing is colored or bold, as where the output is no terminal
  COLUMNS   the width of the terminal, where it does not tell it itself`;

/**
 * Gives a program and all its commands the same help: what it does, options, examples, exit codes, as wide as the
 * terminal, with bold headings where that may be.
 */
export function withHelp(program: Command): Command {
  program
    .configureOutput(output)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpOption("-h, --help", "shows this")
    .helpCommand(false)
    .addCommand(helpCommand(program))
    .showHelpAfterError("Run it with --help to see how it is used.")
    .addHelpText("after", environment)
    .addHelpText("afterAll", exitCodes);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function helpCommand(program: Command): Command {
  return new Command("help")
    .summary("shows how a command is used")
    .description("Shows how the program or one of its commands is used, as --help does.")
    .argument("[command]", "which one")
    .action(async (name?: string) => {
      const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
      // As a command line of its own, what is no command is told like any other.
      if (command === undefined) await program.parseAsync([String(name)], { from: "user" });
      else command.outputHelp();
    });
}

const output: OutputConfiguration = {
  writeOut: (text) => void printText(outHasColors() ? withBoldHeadings(text) : text),
  writeErr: (text) => void writeErr(errHasColors() ? withBoldHeadings(text) : text),
  getOutHelpWidth: () => outWidth() ?? 80,
  getErrHelpWidth: () => errWidth() ?? 80,
  // What is bold is decided above, for what commands add to their help as well.
  getOutHasColors: () => false,
  getErrHasColors: () => false,
};

function withBoldHeadings(text: string): string {
  return text.replace(/^[A-Z][a-z ]+:(?=$| dramemory)/gm, (heading) => `\x1b[1m${heading}\x1b[0m`);
}
