import { Argument, Command, type Option } from "commander";
import { bashCompletion } from "../../adapters/operations/shells/bash.ts";
import type { CommandLine, CompletedOption, Value } from "../../adapters/operations/shells/command_line.ts";
import { fishCompletion } from "../../adapters/operations/shells/fish.ts";
import { zshCompletion } from "../../adapters/operations/shells/zsh.ts";
import { printLine } from "../ui/output.ts";

const examples = `
Examples:
  source <(dramemory completion bash)            for this shell; in ~/.bashrc for all to come
  dramemory completion bash >/etc/bash_completion.d/dramemory
  dramemory completion zsh >/usr/local/share/zsh/site-functions/_dramemory
  dramemory completion fish >~/.config/fish/completions/dramemory.fish`;

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `dramemory completion`: what has a shell complete the commands of a program, all those it has when it is run. */
export function completionCommand(program: Command): Command {
  return new Command("completion")
    .summary("prints what has bash, zsh or fish complete commands and options")
    .description(
      "Prints what has a shell complete the commands and options of this version, and the values of those that have " +
        "few.",
    )
    .addArgument(new Argument("<shell>", "which one it is").choices(Object.keys(shells)))
    .addHelpText("after", examples)
    .action((shell: keyof typeof shells) => printLine(shells[shell](commandLineOf(program))));
}

/** The command line of a program with commands that have none of their own. */
export function commandLineOf(program: Command): CommandLine {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.summary() || command.description(),
    options: optionsOf(command),
    arguments: command.registeredArguments.map((argument) => argumentValue(argument, program)),
  }));
  return { program: program.name(), options: optionsOf(program), commands };
}

function optionsOf(command: Command): CompletedOption[] {
  return command.createHelp().visibleOptions(command).map((option) => ({
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: optionValue(option),
  }));
}

function optionValue(option: Option): CompletedOption["value"] {
  const { required, optional, argChoices } = option;
  if (!required && !optional) return undefined;
  return { ...valueOf(argChoices, /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? ""), optional };
}

function argumentValue(argument: Argument, program: Command): Value {
  const name = argument.name();
  if (name === "command") {
    return {
      kind: "choices",
      choices: program.commands.map((command) => command.name()),
    };
  }
  return valueOf(argument.argChoices, name);
}

/** What a value is goes by what it is called in the help. */
function valueOf(choices: readonly string[] | undefined, name: string): Value {
  if (choices !== undefined) return { kind: "choices", choices };
  if (name === "bool") return { kind: "choices", choices: ["true", "false"] };
  return { kind: ["file", "dir", "path"].includes(name) ? "path" : "text" };
}
