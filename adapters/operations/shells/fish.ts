import type { CommandLine, CompletedOption, Value } from "./command_line.ts";

/** Prints the completion for fish. */
export function fishCompletion({ program, options, commands }: CommandLine): string {
  const complete = (condition: string, what: string) =>
    `complete --command ${program} --condition ${word(condition)} ${what}`;
  const first = "__fish_use_subcommand";
  return [
    `# Completion of ${program} for fish: ${program} completion fish | source`,
    `complete --command ${program} --no-files`,
    ...options.map((option) => complete(first, optionWords(option))),
    ...commands.map(({ name, description }) =>
      complete(first, `--arguments ${name} --description ${word(description)}`)
    ),
    ...commands.flatMap(({ name, options, arguments: values }) => [
      ...options.map((option) => complete(seen([name]), optionWords(option))),
      ...values.flatMap((value, index) =>
        value.kind === "text" ? [] : [complete(turnOf(name, values, index), valueWords(value))]
      ),
    ]),
  ].join("\n");
}

/** When it is an argument's turn, as far as the choices before it tell. */
function turnOf(command: string, values: readonly Value[], index: number): string {
  const before = values.slice(0, index).flatMap((value) =>
    value.kind === "choices" ? [seen(value.choices)] : []
  );
  const value = values[index];
  const itself = value?.kind === "choices"
    ? [`not ${seen(value.choices.filter((choice) => choice !== command))}`]
    : [];
  return [seen([command]), ...before, ...itself].join("; and ");
}

function seen(words: readonly string[]): string {
  return `__fish_seen_subcommand_from ${words.join(" ")}`;
}

function optionWords({ names, description, value }: CompletedOption): string {
  const named = names.map((name) =>
    name.startsWith("--") ? `--long-option ${name.slice(2)}` : `--short-option ${name.slice(1)}`
  );
  const completed = value === undefined || value.optional ? [] : ["--require-parameter", valueWords(value)];
  return [...named, `--description ${word(description)}`, ...completed].join(" ");
}

function valueWords(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `--no-files --arguments ${word(value.choices.join(" "))}`;
    case "path":
      return "--force-files";
    case "text":
      return "--no-files";
  }
}

/** fish knows two escapes in single quotes (fish-language(1)), other than those of the other shells. */
function word(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
