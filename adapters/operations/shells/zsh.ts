import { type CommandLine, type CompletedOption, quoted, type Value } from "./command_line.ts";

/** Prints the completion for zsh, to be read from a file of `$fpath` or sourced after `compinit`. */
export function zshCompletion({ program, options, commands }: CommandLine): string {
  const list = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
  const cases = commands.map((command) => {
    const specs = [
      ...command.options.map(optionSpec),
      ...command.arguments.map((value) => quoted(`:${messageOf(value)}:${actionOf(value)}`)),
    ];
    return `    ${command.name})\n      _arguments -s -S ${specs.join(" \\\n        ")} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh: source <(${program} completion zsh)
_${program}() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    if [[ $words[CURRENT] == -* ]]; then
      _arguments ${options.map(optionSpec).join(" ")}
    else
      _describe command commands
    fi
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
  esac
}
# Read from $fpath this file is the function itself.
if [[ $funcstack[1] == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi`;
}

function optionSpec({ names, description, value }: CompletedOption): string {
  const text = `[${description.replace(/[[\]\\:]/g, "\\$&")}]`;
  const long = (name: string) => value !== undefined && name.startsWith("--") ? "=" : "";
  const argument = value === undefined
    ? ""
    : `${value.optional ? ":" : ""}:${messageOf(value)}:${actionOf(value)}`;
  const others = names.length > 1 ? `(${names.join(" ")})` : "";
  return names.map((name) => quoted(`${others}${name}${long(name)}${text}${argument}`)).join(" ");
}

function messageOf({ kind }: Value): string {
  return kind === "choices" ? "one of" : kind;
}

function actionOf(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.join(" ")})`;
    case "path":
      return "_files";
    case "text":
      return " ";
  }
}
