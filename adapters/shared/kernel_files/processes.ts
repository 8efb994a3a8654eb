import { basename } from "node:path";
import { attempt, listDirectory, readText, UnreadableFileError } from "./read_file.ts";

/** The arguments of a running program, its own name first. */
export type CommandLine = readonly string[];

/** A running program. */
export interface Process {
  /** By which of the names that were asked for it was found. */
  readonly name: string;
  readonly commandLine: CommandLine;
  /** Its directory below /proc. */
  readonly directory: string;
  /** The service of systemd that it belongs to; undefined where its cgroup does not tell. */
  readonly service: string | undefined;
}

/**
 * The running programs of some names, the oldest first: those of root or of this process's user, and with the same
 * root directory as process 1. Whoever else calls a program so, as a container can, has no say in what is read or run because of
 * it. Those outside of a container's own namespace of processes are not seen. Never rejects for what is in there.
 */
export async function processesOf(names: readonly string[], procfsRoot: string): Promise<Process[]> {
  const entries = await attempt(listDirectory(procfsRoot));
  if (entries instanceof UnreadableFileError) return [];
  const numbers = entries.filter((entry) => /^\d+$/.test(entry)).sort((a, b) => Number(a) - Number(b));
  const host = await rootOf(`${procfsRoot}/1`);
  const found = await Promise.all(numbers.map((number) => processAt(`${procfsRoot}/${number}`, names, host)));
  return found.filter((process) => process !== undefined);
}

/**
 * The value of a flag, `--name=value` or `--name value`, with one dash or two; the last one counts. Underscores in the
 * name are dashes, as they are to the kubelet (WordSepNormalizeFunc of k8s.io/component-base).
 */
export function flagValue(line: CommandLine, ...names: readonly string[]): string | undefined {
  return flagValues(line, ...names).at(-1);
}

/** Every value of a flag that may be given several times, see {@link flagValue}. */
export function flagValues(line: CommandLine, ...names: readonly string[]): string[] {
  const dashed = names.flatMap((name) => [`-${name}`, `--${name}`]);
  return line.flatMap((argument, index) => {
    const [flag = "", ...rest] = argument.split("=");
    if (!dashed.includes(flag.replaceAll("_", "-"))) return [];
    const value = rest.length > 0 ? rest.join("=") : line[index + 1];
    return value === undefined ? [] : [value];
  });
}

/** A flag's names: the first is the one that is written. */
export type FlagNames = readonly [name: string, ...aliases: string[]];

/** Whether a flag without a value of its own is on, `--name` or `--name=false`; undefined where it is not given. */
export function flagSwitch(line: CommandLine, name: string): boolean | undefined {
  const given = line.findLast((argument) => new RegExp(`^--?${name}(=|$)`).test(argument));
  if (given === undefined) return undefined;
  const [, value = "true"] = given.split("=");
  return !["0", "f", "F", "false", "False", "FALSE"].includes(value);
}

/**
 * A process whose command line has what its environment says as well, by variables that stand for flags: those flags come
 * first, and only where the command line itself has none of their name. As it is where its environment may not be read.
 */
export async function withFlagVariables(
  process: Process,
  variables: Readonly<Record<string, FlagNames>>,
): Promise<Process> {
  const environment = await attempt(readText(`${process.directory}/environ`, (text) => text.split("\0")));
  if (environment instanceof UnreadableFileError) return process;
  const [program = "", ...given] = process.commandLine;
  const flags = Object.entries(variables).flatMap(([variable, names]) => {
    const found = environment.find((entry) => entry.startsWith(`${variable}=`));
    return found === undefined || flagValue(given, ...names) !== undefined
      ? []
      : [`--${names[0]}=${found.slice(variable.length + 1)}`];
  });
  return { ...process, commandLine: [program, ...flags, ...given] };
}

async function processAt(
  directory: string,
  names: readonly string[],
  host: string | undefined,
): Promise<Process | undefined> {
  const commandLine = await attempt(readText(`${directory}/cmdline`, parseCommandLine));
  if (commandLine instanceof UnreadableFileError) return undefined;
  const name = names.find((name) => name === basename(commandLine[0] ?? ""));
  if (name === undefined || !await isOnHost(directory, host)) return undefined;
  const service = await attempt(readText(`${directory}/cgroup`, serviceIn));
  return {
    name,
    commandLine,
    directory,
    service: service instanceof UnreadableFileError ? undefined : service,
  };
}

async function isOnHost(directory: string, host: string | undefined): Promise<boolean> {
  try {
    const { uid } = await Deno.stat(directory);
    const isTrusted = uid === 0 || uid === Deno.uid();
    return isTrusted && (host === undefined || await rootOf(directory) === host);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What a process sees as `/`, which a service with a namespace of its own shares; undefined where nobody may look. */
async function rootOf(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await Deno.stat(`${directory}/root/`);
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw error;
  }
}

/** Some programs hide their arguments by one text in the place of all of them: `/usr/local/bin/k3s server`. */
function parseCommandLine(text: string): string[] {
  const parts = text.split("\0").filter((argument) => argument !== "");
  const [only = ""] = parts;
  return parts.length === 1 ? only.split(" ").filter((argument) => argument !== "") : parts;
}

/** The innermost service in the cgroups of a process (systemd.unit(5), cgroups(7)), without its ending. */
function serviceIn(text: string): string | undefined {
  const [, service] = /^.*\/([^/\n]+)\.service(?:\/[^\n]*)?$/m.exec(text) ?? [];
  return service;
}
