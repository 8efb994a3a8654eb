import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { stringsOf, valueAt } from "../../../../core/values/config_table.ts";
import type { ConfigFiles } from "../../../shared/files/config_files.ts";
import { parseToml } from "../../../shared/toml/toml_text.ts";
import { filesOfImport } from "./imports.ts";
import { configVersions } from "./names.ts";

/** containerd's configuration, as its files have it. */
export interface ContainerdConfiguration {
  readonly main: ConfigLayer;
  /** The main file and what it imports, in the order in which containerd reads them. */
  readonly layers: readonly ConfigLayer[];
}

/**
 * Reads a configuration file and what it imports. Without such a file containerd goes by what is built in, and reads
 * no drop-ins either.
 *
 * Rejects with TomlError, ConfigFileError, or {@link RuntimeConfigError} when there is no such file, the version of one
 * is not known, or what it imports is not there.
 */
export async function readContainerdConfiguration(
  path: string,
  files: ConfigFiles,
): Promise<ContainerdConfiguration> {
  const text = await files.read(path);
  if (text === undefined) throw new RuntimeConfigError(`Cannot read ${path}: it is not there`);
  const main = layerOf(path, text);
  const layers: ConfigLayer[] = [];
  const read = new Set<string>();
  const pending: ConfigLayer[] = [main];
  for (let layer = pending.shift(); layer !== undefined; layer = pending.shift()) {
    layers.push(layer);
    read.add(layer.path);
    for (const entry of importsOf(layer)) {
      for (const imported of await filesOfImport(entry, layer.path, files)) {
        if (read.has(imported)) continue;
        read.add(imported);
        pending.push(await readImport(imported, layer.path, files));
      }
    }
  }
  return { main, layers };
}

/** The entries of a file's `imports`. */
export function importsOf({ table }: ConfigLayer): string[] {
  return stringsOf(valueAt(table, ["imports"]));
}

/** A file by its text. Throws TomlError, and {@link RuntimeConfigError} when its version is not known. */
export function layerOf(path: string, text: string): ConfigLayer {
  const table = parseToml(text, path);
  const version = valueAt(table, ["version"]);
  if (version === undefined || configVersions.some((known) => known === version)) return { path, table };
  throw new RuntimeConfigError(
    `Cannot set up ${path}: it is of version ${JSON.stringify(version)} (${
      configVersions.join(", ")
    } are known; ` +
      "`containerd config default` prints one of a known version)",
  );
}

async function readImport(path: string, importer: string, files: ConfigFiles): Promise<ConfigLayer> {
  const text = await files.read(path);
  if (text !== undefined) return layerOf(path, text);
  throw new RuntimeConfigError(
    `Cannot read ${path}, which ${importer} imports: it is not there, and containerd does not start without it`,
  );
}
