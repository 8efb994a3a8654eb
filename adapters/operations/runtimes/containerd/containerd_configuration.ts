import {
  type ConfigLayer,
  RuntimeConfigError,
  stringsOf,
  valueAt,
} from "../../../../core/operations/runtimes/configuration.ts";
import type { ConfigVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { versionOf } from "../../../../core/operations/runtimes/containerd_settings.ts";
import type { ConfigFiles } from "../../../shared/files/config_files.ts";
import { parseToml } from "../../../shared/toml/toml_text.ts";
import { filesOfImport } from "./imports.ts";

/** containerd's configuration, as its files have it. */
export interface ContainerdConfiguration {
  /** The main file's version. */
  readonly version: ConfigVersion;
  readonly main: ConfigLayer;
  /** The main file and what it imports, in the order in which containerd reads them. */
  readonly layers: readonly ConfigLayer[];
}

/**
 * Reads a configuration file and what it imports. Without such a file containerd goes by what is built in, and reads
 * no drop-ins either.
 *
 * Rejects with TomlError, ConfigFileError, or {@link RuntimeConfigError} when there is no such file, its version is not
 * known, or what it imports is not there.
 */
export async function readContainerdConfiguration(
  path: string,
  files: ConfigFiles,
): Promise<ContainerdConfiguration> {
  const text = await files.read(path);
  if (text === undefined) throw new RuntimeConfigError(`Cannot read ${path}: it is not there`);
  const main = { path, table: parseToml(text, path) };
  const version = versionOf(main);
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
  return { version, main, layers };
}

/** The entries of a file's `imports`. */
export function importsOf({ table }: ConfigLayer): string[] {
  return stringsOf(valueAt(table, ["imports"]));
}

async function readImport(path: string, importer: string, files: ConfigFiles): Promise<ConfigLayer> {
  const text = await files.read(path);
  if (text === undefined) {
    throw new RuntimeConfigError(
      `Cannot read ${path}, which ${importer} imports: it is not there, and containerd does not start without it`,
    );
  }
  return { path, table: parseToml(text, path) };
}
