import { basename, dirname, join } from "node:path";
import type { ConfigLayer } from "../../../core/operations/runtimes/configuration.ts";
import { type ConfigTable, stringsOf, tableAt } from "../../../core/values/config_table.ts";
import type { ConfigFiles } from "../../shared/files/config_files.ts";
import { parseToml } from "../../shared/toml/toml_text.ts";
import type { FoundRuntime } from "./find_runtime.ts";
import { isOwnName, isOwnText } from "./head.ts";

/** A file that gets back what it was before the first change. */
export interface Restoration {
  readonly path: string;
  /** What it was, kept beside it. */
  readonly backup: string;
  /** Later ones, which are then of no use. */
  readonly obsolete: readonly string[];
}

/** What takes back what setting a runtime up has written. */
export interface UndoPlan {
  readonly restorations: readonly Restoration[];
  /** Files of the driver's alone, with what is kept of them. */
  readonly removals: readonly string[];
  /** What has to be taken back by hand, each in a line with the reason. */
  readonly byHand: readonly string[];
}

/** Imports that setting containerd up adds. */
const ownImports = ["conf.d/*.toml", "zz-dramemory*.toml"];

/**
 * Plans what takes the driver's settings out of a runtime's files: its drop-ins go, and so does a main file that was
 * made for them; a file that was changed gets its former content back. Both only where nobody changed anything else in
 * it since. Nothing is written.
 *
 * `realPath` tells where a file is, since former ones are kept beside that. Rejects with TomlError, ConfigFileError or
 * RuntimeConfigError.
 */
export async function planUndo(
  found: FoundRuntime,
  files: ConfigFiles,
  realPath: (path: string) => Promise<string>,
): Promise<UndoPlan> {
  const { runtime, configuration, distribution } = found;
  const paths = new Set((await layersOf(found, files)).map(({ path }) => path));
  const way = distribution?.way;
  const beside = dirname(configuration);
  if (way?.kind === "template") paths.add(join(beside, way.template));
  if (way?.kind === "merged drop-ins") {
    for (const { name } of await files.list(join(beside, way.directory))) {
      paths.add(join(beside, way.directory, name));
    }
  }
  const restorations: Restoration[] = [], removals: string[] = [], byHand: string[] = [];
  for (const path of paths) {
    const real = await realPath(path);
    const text = await files.read(real);
    if (text === undefined) continue;
    const kept = await backupsOf(real, runtime.backupDirectory(configuration) ?? dirname(real), files);
    if (isOwnName(basename(path))) {
      if (isOwnText(text)) removals.push(real, ...kept);
      else byHand.push(`${path} is not the driver's alone: take its settings out of it`);
      continue;
    }
    const now = parseToml(text, path);
    if (isOwnText(text)) {
      const reason = await whyNot(now, { version: now["version"] }, runtime.keys, beside, files);
      if (reason === undefined) removals.push(real, ...kept);
      else byHand.push(`${path} was not there before: ${reason}`);
      continue;
    }
    const [backup, ...obsolete] = kept;
    if (backup === undefined) continue;
    const former = parseToml(await files.read(backup) ?? "", backup);
    const reason = await whyNot(now, former, runtime.keys, beside, files);
    if (reason === undefined) restorations.push({ path: real, backup, obsolete });
    else byHand.push(`${path} was changed, and was ${backup} before: ${reason}`);
  }
  return { restorations, removals, byHand };
}

/** Without a main file there is nothing to take back. */
async function layersOf(
  { runtime, configuration }: FoundRuntime,
  files: ConfigFiles,
): Promise<readonly ConfigLayer[]> {
  const isThere = runtime.backupDirectory(configuration) !== undefined ||
    await files.read(configuration) !== undefined;
  return isThere ? await runtime.layers(configuration, files) : [];
}

/** What a file was before each change, the first one first. */
async function backupsOf(path: string, directory: string, files: ConfigFiles): Promise<string[]> {
  const pattern = /^\.\d{8}T\d{6}Z\.bak$/;
  return (await files.list(directory)).map(({ name }) => name)
    .filter((name) => name.startsWith(basename(path)) && pattern.test(name.slice(basename(path).length)))
    .sort().map((name) => join(directory, name));
}

/** Why a former content may not come back: something else would go with it. Undefined where nothing would. */
async function whyNot(
  now: ConfigTable,
  former: ConfigTable,
  keys: readonly (readonly string[])[],
  directory: string,
  files: ConfigFiles,
): Promise<string | undefined> {
  const own = new Set(keys.map((path) => path.join("\0")));
  const [before, after] = [leavesOf(former), leavesOf(now)];
  const different = [...new Set([...before.keys(), ...after.keys()])].filter((key) =>
    before.get(key) !== after.get(key)
  );
  const foreign = different.filter((key) => key !== "imports" && !own.has(key));
  if (foreign.length > 0) {
    const ours = different.filter((key) => own.has(key)).map((key) => key.split("\0").at(-1));
    return `others changed it since (${foreign.map((key) => key.split("\0").join(".")).join(", ")}); ` +
      `take back ${ours.join(", ")} by hand`;
  }
  const added = stringsOf(now["imports"]).filter((entry) => !stringsOf(former["imports"]).includes(entry));
  const lost = stringsOf(former["imports"]).filter((entry) => !stringsOf(now["imports"]).includes(entry));
  if (lost.length > 0 || added.some((entry) => !ownImports.includes(entry))) {
    return "others changed its imports since";
  }
  for (const entry of added) {
    const others = (await files.list(join(directory, dirname(entry))))
      .filter(({ name }) => dirname(entry) !== "." && name.endsWith(".toml") && !isOwnName(name));
    if (others.length > 0) return `it imports ${others.map(({ name }) => name).join(", ")} for others now`;
  }
  return undefined;
}

/** What stands in a table, by the path of each key, as JSON. Tables with nothing in them are nothing. */
function leavesOf(table: ConfigTable, path: readonly string[] = []): Map<string, string> {
  return new Map(
    Object.entries(table).flatMap(([key, value]) => {
      const at = [...path, key], text = JSON.stringify(value);
      if (text === "{}") return [];
      const below = tableAt(table, [key]);
      return Object.keys(below).length > 0 ? [...leavesOf(below, at)] : [[at.join("\0"), text] as const];
    }),
  );
}
