import { dirname, join } from "node:path";
import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import type { DropIn } from "../../../../core/operations/runtimes/containerd_plan.ts";
import type { ConfigFiles } from "../../../shared/files/config_files.ts";
import { type ContainerdConfiguration, importsOf } from "./containerd_configuration.ts";
import { importedDirectory, importsPath } from "./imports.ts";

/** Late in the alphabet: of two files that set a key, the later one wins. */
const dropInName = "99-dramemory.toml";

/** containerd's own directory for drop-ins, below that of its main file. */
const usualDirectory = "conf.d";

/**
 * Finds the place for a drop-in: a directory below the main file's that is imported already, or else `conf.d` there,
 * which then has to be imported. The import is a relative one, so that it also holds when the file is seen under
 * another path, as in a container.
 *
 * Rejects with RuntimeConfigError when the import would make other files count that did not before.
 */
export async function findDropIn(
  { main, layers }: ContainerdConfiguration,
  files: ConfigFiles,
): Promise<DropIn> {
  const beside = dirname(main.path);
  const imported = layers.flatMap((layer) =>
    importsOf(layer).map((entry) => importedDirectory(entry, layer.path))
  )
    .filter((directory) => directory?.startsWith(join(beside, "/")))
    .map((directory) => join(directory ?? beside, dropInName))
    .find((path) => isImported(path, layers));
  const path = imported ?? join(beside, usualDirectory, dropInName);
  const present = await files.read(path) !== undefined;
  if (isImported(path, layers)) return { path, present, missingImport: undefined };
  await requireNoOthers(path, layers, files);
  return { path, present, missingImport: `${usualDirectory}/*.toml` };
}

function isImported(path: string, layers: readonly ConfigLayer[]): boolean {
  return layers.some((layer) => importsOf(layer).some((entry) => importsPath(entry, layer.path, path)));
}

async function requireNoOthers(
  path: string,
  layers: readonly ConfigLayer[],
  files: ConfigFiles,
): Promise<void> {
  const directory = dirname(path);
  const known = new Set([path, ...layers.map(({ path }) => path)]);
  const other = (await files.list(directory)).filter(({ name }) => name.endsWith(".toml"))
    .map(({ name }) => join(directory, name))
    .find((path) => !known.has(path));
  if (other === undefined) return;
  throw new RuntimeConfigError(
    `Cannot import ${directory}/*.toml: ${other}, which counts for nothing so far, would count then ` +
      "(import it, or move it away)",
  );
}
