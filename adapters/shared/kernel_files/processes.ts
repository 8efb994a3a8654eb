import { basename } from "node:path";
import { attempt, listDirectory, readText, UnreadableFileError } from "./read_file.ts";

/** The arguments of a running program, its own name first. */
export type CommandLine = readonly string[];

/**
 * The command lines of the running programs of some names, of one process each. Those of other users, or outside of a
 * container's own namespace of processes, may not be seen. Never rejects for what is in there.
 */
export async function commandLinesOf<Name extends string>(
  names: readonly Name[],
  procfsRoot: string,
): Promise<ReadonlyMap<Name, CommandLine>> {
  const entries = await attempt(listDirectory(procfsRoot));
  if (entries instanceof UnreadableFileError) return new Map();
  const processes = entries.filter((entry) => /^\d+$/.test(entry)).sort((a, b) => Number(b) - Number(a));
  const lines = await Promise.all(
    processes.map((process) => attempt(readText(`${procfsRoot}/${process}/cmdline`, parseCommandLine))),
  );
  const found = new Map<Name, CommandLine>();
  for (const line of lines) {
    if (line instanceof UnreadableFileError) continue;
    const name = names.find((name) => name === basename(line[0] ?? ""));
    // The oldest process is the last one, and stays.
    if (name !== undefined) found.set(name, line);
  }
  return found;
}

/** The value of a flag, `--name=value` or `--name value`, with one dash or two; the last one counts. */
export function flagValue(line: CommandLine, ...names: readonly string[]): string | undefined {
  const dashed = names.flatMap((name) => [`-${name}`, `--${name}`]);
  return line.flatMap((argument, index) => {
    const [flag = "", ...rest] = argument.split("=");
    if (!dashed.includes(flag)) return [];
    const value = rest.length > 0 ? rest.join("=") : line[index + 1];
    return value === undefined ? [] : [value];
  }).at(-1);
}

function parseCommandLine(text: string): string[] {
  return text.split("\0").filter((argument) => argument !== "");
}
