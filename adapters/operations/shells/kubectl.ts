import type { CommandLine, CompletedCommand, CompletedOption, Value } from "./command_line.ts";

/** Tells kubectl not to complete by files where nothing fits, or to do so (cobra's ShellCompDirective). */
const noFiles = ":4", files = ":0";

/**
 * What kubectl wants from `kubectl_complete-NAME` of a plugin (pkg/cmd/plugin of k8s.io/kubectl): the words that may come
 * last, one a line with its description behind a tab, and a directive. `words` are those behind the plugin's name, the
 * last as far as it is typed.
 */
export function kubectlCompletions({ options, commands }: CommandLine, words: readonly string[]): string {
  const typed = words.at(-1) ?? "", before = words.slice(0, -1);
  const command = commands.find(({ name }) => name === before[0]);
  const value = command && valueWanted(command, before);
  const candidates = value !== undefined
    ? choicesOf(value)
    : typed.startsWith("-")
    ? (command?.options ?? options).flatMap(({ names, description }) =>
      names.map((name) => `${name}\t${description}`)
    )
    : command === undefined
    ? commands.map(({ name, description }) => `${name}\t${description}`)
    : choicesOf(argumentWanted(command, before));
  const wanted = value ?? (command && argumentWanted(command, before));
  return [
    ...candidates.filter((candidate) => candidate.startsWith(typed)),
    wanted?.kind === "path" ? files : noFiles,
  ].join("\n");
}

/** The value of the option before, if it wants one. */
function valueWanted({ options }: CompletedCommand, before: readonly string[]): CompletedOption["value"] {
  const option = options.find(({ names }) => names.includes(before.at(-1) ?? ""));
  return option?.value?.optional === false ? option.value : undefined;
}

/** The argument whose turn it is: words that are neither options nor their values came before. */
function argumentWanted(command: CompletedCommand, before: readonly string[]): Value | undefined {
  const given = before.slice(1).filter((word, index) =>
    !word.startsWith("-") && valueWanted(command, before.slice(0, index + 1)) === undefined
  );
  return command.arguments[given.length];
}

function choicesOf(value: Value | undefined): readonly string[] {
  return value?.kind === "choices" ? value.choices : [];
}
