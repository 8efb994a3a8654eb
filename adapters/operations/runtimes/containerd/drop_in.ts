import { basename, dirname, join } from "node:path";
import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import type { ConfigFiles } from "../../../shared/files/config_files.ts";
import { isOwnName } from "../head.ts";
import { lastName } from "../last_name.ts";
import type { DropIn } from "./changes.ts";
import { type ContainerdConfiguration, importsOf } from "./configuration.ts";
import { importedDirectory, importsPath } from "./imports.ts";

/** Of two files that set a key, the later one wins: the name is made one that is read last, see {@link lastName}. */
const ownName = "dramemory.toml";

/** containerd's own directory for drop-ins, below that of its main file. */
const usualDirectory = "conf.d";

/**
 * The places for a drop-in, the usual one first: a directory below the main file's that is imported already, or else
 * `conf.d` there, which then has to be imported; and the other one beside the main file, which is read after every file
 * that the main one imports. Imports are relative ones, so that they also hold when the file is seen under another path,
 * as in a container.
 *
 * Rejects with RuntimeConfigError when the import would make other files count that did not before.
 */
export async function dropInPlaces(
  { main, layers }: ContainerdConfiguration,
  files: ConfigFiles,
): Promise<DropIn[]> {
  const beside = dirname(main.path);
  const directory = layers.flatMap((layer) =>
    importsOf(layer).map((entry) => importedDirectory(entry, layer.path))
  )
    .filter((directory) => directory?.startsWith(join(beside, "/")))
    .find((directory) => isImported(join(directory ?? "", `zz-${ownName}`), layers));
  const chosen = directory ?? join(beside, usualDirectory);
  const others = layers.filter(({ path }) => dirname(path) === chosen).map(({ path }) => basename(path));
  const places = [
    { path: join(chosen, lastName(ownName, others)), pattern: `${usualDirectory}/*.toml` },
    { path: join(beside, "zz-dramemory.toml"), pattern: "zz-dramemory*.toml" },
  ];
  const dropIns: DropIn[] = [];
  for (const { path, pattern } of places) {
    const missingImport = isImported(path, layers) ? undefined : pattern;
    const present = await files.read(path) !== undefined;
    dropIns.push({ path, present, missingImport });
  }
  if (directory === undefined) await requireNoOthers(chosen, layers, files);
  return dropIns;
}

function isImported(path: string, layers: readonly ConfigLayer[]): boolean {
  return layers.some((layer) => importsOf(layer).some((entry) => importsPath(entry, layer.path, path)));
}

async function requireNoOthers(
  directory: string,
  layers: readonly ConfigLayer[],
  files: ConfigFiles,
): Promise<void> {
  const known = new Set(layers.map(({ path }) => path));
  const other = (await files.list(directory)).filter(({ name }) => name.endsWith(".toml") && !isOwnName(name))
    .map(({ name }) => join(directory, name))
    .find((path) => !known.has(path));
  if (other === undefined) return;
  throw new RuntimeConfigError(
    `Cannot import ${directory}/*.toml: ${other}, which counts for nothing so far, would count then ` +
      "(import it, or move it away)",
  );
}
