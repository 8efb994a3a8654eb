import { basename, dirname } from "node:path";
import { readBoundedFile } from "./bounded_file.ts";
import { utf8Text } from "./given_text.ts";
import { osReason } from "./os_reason.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** An entry of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  /** A symbolic link to a directory is none. */
  readonly isDirectory: boolean;
}

/** The files that a runtime's configuration is read from. */
export interface ConfigFiles {
  /** The text of a file, or undefined when there is none. Rejects with {@link ConfigFileError}. */
  read(path: string): Promise<string | undefined>;
  /** A directory's entries by name; none when there is no directory. Rejects with {@link ConfigFileError}. */
  list(directory: string): Promise<DirectoryEntry[]>;
}

/** A file cannot be read or written. The message names it and what helps. */
export class ConfigFileError extends OperatorError {
  override name = "ConfigFileError";
}

/** The files of this machine. */
export const systemFiles: ConfigFiles = {
  // deno-lint-ignore require-await -- what cannot be read is a rejection
  async read(path) {
    try {
      return utf8Text(readBoundedFile(path));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return undefined;
      throw new ConfigFileError(`Cannot read ${path}: ${osReason(cause)}`, { cause });
    }
  },
  async list(directory) {
    try {
      return sorted(await Array.fromAsync(Deno.readDir(directory)));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) return [];
      throw new ConfigFileError(`Cannot read the directory ${directory}: ${osReason(cause)}`, { cause });
    }
  },
};

/** These files with some texts in the place of what is there, as if they had been written. */
export function withTexts(files: ConfigFiles, texts: ReadonlyMap<string, string>): ConfigFiles {
  return {
    read: async (path) => texts.get(path) ?? await files.read(path),
    async list(directory) {
      const added = [...texts.keys()].filter((path) => dirname(path) === directory)
        .map((path) => ({ name: basename(path), isDirectory: false }));
      const present = await files.list(directory);
      return sorted([...added, ...present.filter(({ name }) => !added.some((entry) => entry.name === name))]);
    },
  };
}

/** By the order of Go's strings, which goes by bytes; names are ASCII for all that is known. */
function sorted(entries: readonly DirectoryEntry[]): DirectoryEntry[] {
  return entries.map(({ name, isDirectory }) => ({ name, isDirectory }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}
