import { dirname, join, resolve } from "node:path";
import { type CommandLine, flagValue } from "../../../shared/kernel_files/processes.ts";

/** The directory that CRI-O reads unless its command line says otherwise. */
export const usualDirectory = "/etc/crio";

const mainName = "crio.conf", dropInName = "crio.conf.d";

/** What CRI-O reads: a main file, then every file below a directory. */
export interface CrioPlace {
  readonly main: string;
  readonly dropIns: string;
}

/**
 * Reads how a place is written: `/etc/crio` for a directory with files of the usual names, or `FILE:DIRECTORY` with what
 * its flags name.
 */
export function crioPlace(text: string): CrioPlace {
  const colon = text.indexOf(":");
  return colon < 0
    ? { main: join(text, mainName), dropIns: join(text, dropInName) }
    : { main: text.slice(0, colon), dropIns: text.slice(colon + 1) };
}

/**
 * Where a running CRI-O reads its configuration, by its flags `--config` and `--config-dir` (crio(8)), which stand for one
 * thing each; an empty file is none. See {@link crioPlace}.
 */
export function placeOfProcess(line: CommandLine): string {
  const usual = crioPlace(usualDirectory);
  const main = flagValue(line, "config", "c") ?? usual.main;
  const dropIns = flagValue(line, "config-dir", "d") ?? usual.dropIns;
  const directory = dirname(resolve(dropIns));
  const both = crioPlace(directory);
  if (resolve(main) === both.main && resolve(dropIns) === both.dropIns) return directory;
  return `${main === "" ? "/dev/null" : main}:${dropIns}`;
}
