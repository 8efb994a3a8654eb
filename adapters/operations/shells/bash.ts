import { type CommandLine, type CompletedCommand, quotedWords, type Value } from "./command_line.ts";

/** Prints the completion for bash 4 or newer; bash-completion need not be installed. */
export function bashCompletion({ program, options, commands }: CommandLine): string {
  const words = [...commands.map(({ name }) => name), ...namesOf(options)];
  return `# Completion of ${program} for bash: source <(${program} completion bash)
_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  # bash takes an = as a word of its own.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quotedWords(words)} -- "$current"))
    return
  fi
  case $command in
${commands.map(caseOf).join("\n")}
  esac
}
complete -F _${program} ${program}`;
}

function caseOf(command: CompletedCommand): string {
  const valued = command.options.filter(({ value }) => value !== undefined);
  const cases = valued.map(({ names, value }) =>
    `        ${names.join("|")}) ${value === undefined ? "" : reply(value)}; ${
      value?.optional ? "[[ $current != -* ]] && " : ""
    }return ;;`
  );
  return `    ${command.name})
      case $previous in
${cases.join("\n")}
      esac
      if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W ${quotedWords(namesOf(command.options))} -- "$current"))
        return
      fi
${argumentsOf(command, valued.flatMap(({ names, value }) => value?.optional ? [] : names))}      ;;`;
}

/** Counts the arguments before the current word, without options and their values. */
function argumentsOf({ arguments: values }: CompletedCommand, valued: readonly string[]): string {
  if (values.length === 0) return "";
  const skipped = valued.length === 0 ? "" : `
          ${valued.join("|")}) [[ \${COMP_WORDS[index+1]} == = ]] && ((index++)); ((index++)) ;;`;
  return `      local index position=0
      for ((index = 2; index < COMP_CWORD; index++)); do
        case \${COMP_WORDS[index]} in${skipped}
          -?*) ;;
          *) ((position++)) ;;
        esac
      done
      case $position in
${values.map((value, index) => `        ${index}) ${reply(value)} ;;`).join("\n")}
      esac
`;
}

function reply(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `COMPREPLY=($(compgen -W ${quotedWords(value.choices)} -- "$current"))`;
    case "path":
      return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current")`;
    case "text":
      return ":";
  }
}

function namesOf(options: CompletedCommand["options"]): string[] {
  return options.flatMap(({ names }) => names);
}
