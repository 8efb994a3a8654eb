/** How the value of an option or an argument can be completed. */
export type Value =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  /** A file or a directory. */
  | { readonly kind: "path" }
  /** Something of which the shell knows nothing. */
  | { readonly kind: "text" };

/** An option of a command. */
export interface CompletedOption {
  /** All its names: `-o`, `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined for a switch; `optional` where the option may stand by itself. */
  readonly value: (Value & { readonly optional: boolean }) | undefined;
}

/** A command of a program. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Its arguments in their order. */
  readonly arguments: readonly Value[];
}

/** A program's command line, as far as a shell completes it. Names and choices are plain words. */
export interface CommandLine {
  readonly program: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** A text as one word of a shell, in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words as one word of a shell that is split again. */
export function quotedWords(words: readonly string[]): string {
  return quoted(words.join(" "));
}
