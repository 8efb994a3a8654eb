import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { type ConfigTable, tableAt, valueAt } from "../../../../core/values/config_table.ts";
import { isAtLeast, type RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import type { Merging } from "../../../../core/operations/runtimes/setting.ts";
import { criPlugin, nriPlugin, oldCriPlugin, shortNames } from "./names.ts";

/**
 * A way in which containerds read their configuration; it changed four times (LoadConfig in cmd/containerd/server/config
 * and, until 1.7, services/server/config; configMigration in plugins/cri/runtime).
 */
export interface Reader {
  /** The versions, for people. */
  readonly name: string;
  readonly reads: (version: RuntimeVersion) => boolean;
  readonly merging: Merging;
  /** Whether NRI and CDI are on unless a file says otherwise. */
  readonly onByItself: boolean;
  /** Whether CDI can be turned off. */
  readonly hasCdiSwitch: boolean;
  /**
   * The files as this containerd takes them: their plugins' tables under today's names, the one that counts last.
   * Throws {@link RuntimeConfigError} where it would not start.
   */
  readonly read: (layers: readonly ConfigLayer[]) => ConfigLayer[];
}

/** All of them, oldest first. */
export const readers: readonly Reader[] = [
  {
    name: "containerd 1.7",
    reads: (version) => !isAtLeast(version, 2, 0),
    merging: "by plugin table",
    onByItself: false,
    hasCdiSwitch: true,
    read: readBy17,
  },
  {
    name: "containerd 2.0 to 2.2",
    reads: (version) => isAtLeast(version, 2, 0) && !isAtLeast(version, 2, 3),
    merging: "by key",
    onByItself: true,
    hasCdiSwitch: true,
    read: readBy20,
  },
  {
    name: "containerd 2.3.0 to 2.3.4",
    reads: (version) => isMinor(version, 2, 3) && (version.patch ?? 0) < 5,
    merging: "by key",
    onByItself: true,
    hasCdiSwitch: true,
    read: (layers) => readEachByItself(refuseHigherImports(layers)),
  },
  {
    name: "containerd 2.3 from 2.3.5",
    reads: (version) => isMinor(version, 2, 3) && (version.patch ?? 5) >= 5,
    merging: "by key",
    onByItself: true,
    hasCdiSwitch: true,
    read: readEachByItself,
  },
  {
    name: "containerd 2.4 and newer",
    reads: (version) => isAtLeast(version, 2, 4),
    merging: "by key",
    onByItself: true,
    hasCdiSwitch: false,
    read: readEachByItself,
  },
];

/** The version that a file names, 0 where it names none. Throws {@link RuntimeConfigError} when it is no number. */
export function namedVersion({ path, table }: ConfigLayer): number {
  const named = valueAt(table, ["version"]) ?? 0;
  if (typeof named === "number" && Number.isInteger(named) && named >= 0) return named;
  throw new RuntimeConfigError(`Cannot read ${path}: its version ${JSON.stringify(named)} is no number`);
}

/** The version of the last file that names one above 1, by which containerd 2.0 to 2.2 take them all. */
export function lastVersion(layers: readonly ConfigLayer[]): number | undefined {
  return layers.map(namedVersion).findLast((version) => version > 1);
}

/** Whether a file has a plugin's table by some name. */
export function hasPlugin({ table }: ConfigLayer, plugin: string): boolean {
  return valueAt(table, ["plugins", plugin]) !== undefined;
}

/**
 * 1.7 knows versions 1 and 2, and takes the last one that is named for all files. In version 2 every table has to be
 * named in full.
 */
function readBy17(layers: readonly ConfigLayer[]): ConfigLayer[] {
  const version = layers.map(namedVersion).findLast((version) => version > 0) ?? 1;
  if (version > 2) {
    throw new RuntimeConfigError(
      `containerd 1.7 does not start with version ${version} of the configuration`,
    );
  }
  const short = layers.find(({ table }) =>
    pluginNames(table).some((name) => !name.startsWith("io.containerd."))
  );
  if (version === 2 && short !== undefined) {
    throw new RuntimeConfigError(
      `containerd 1.7 does not start: ${short.path} has plugins by their names of version 1 ` +
        `(${pluginNames(short.table).find((name) => !name.startsWith("io.containerd."))})`,
    );
  }
  return version === 1
    ? layers.map((layer) => withPlugins(layer, shortNames.nri, shortNames.cri))
    : layers.map((layer) => withPlugins(layer, nriPlugin, oldCriPlugin));
}

/**
 * 2.0 to 2.2 merge first and migrate then, by the last version that a file names: from version 2 a key of the old table
 * is taken unless the new table has it. A file of version 1, or without one, counts as one of the version that was read
 * last, in the beginning 3.
 */
function readBy20(layers: readonly ConfigLayer[]): ConfigLayer[] {
  const version = lastVersion(layers) ?? 3;
  // They end with an index out of range where a file would have to be migrated to a version that they do not know.
  const isBeyond = layers.some((layer, index) =>
    namedVersion(layer) < 2 && (lastVersion(layers.slice(0, index)) ?? 3) > 3
  );
  if (version > 3 || isBeyond) {
    throw new RuntimeConfigError(
      `containerd 2.0 to 2.2 do not start with version ${isBeyond ? 4 : version} of the configuration`,
    );
  }
  const renamed = layers.map(withoutShortNames);
  const old = version < 3 ? renamed.map((layer) => withPlugins(layer, undefined, oldCriPlugin)) : [];
  return [...old, ...renamed.map((layer) => withPlugins(layer, nriPlugin, criPlugin))];
}

/** 2.3 and newer migrate each file by its own version, and merge then. */
function readEachByItself(layers: readonly ConfigLayer[]): ConfigLayer[] {
  return layers.map((layer) => {
    const version = namedVersion(layer);
    if (version > 4) {
      throw new RuntimeConfigError(
        `No containerd starts with version ${version} of the configuration (${layer.path})`,
      );
    }
    const { path, table } = withoutShortNames(layer);
    const plugins = tableAt(table, ["plugins"]);
    const old = version < 4 ? tableAt(plugins, [oldCriPlugin]) : {};
    const cri = { ...old, ...tableAt(plugins, [criPlugin]) };
    return { path, table: { ...table, plugins: { ...plugins, [criPlugin]: cri } } };
  });
}

/** 2.3.0 to 2.3.4 do not start when a file has a higher version than the first one that has any. */
function refuseHigherImports(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
  const root = layers.map(namedVersion).find((version) => version > 0) ?? 0;
  const higher = layers.find((layer) => namedVersion(layer) > root);
  if (higher === undefined) return layers;
  throw new RuntimeConfigError(
    `containerd 2.3.0 to 2.3.4 do not start: ${higher.path} is of version ${namedVersion(higher)}, ` +
      `higher than the ${root} of what imports it`,
  );
}

/** containerd 2 takes a plugin's name of version 1 for that of version 2 where a file names no other version. */
function withoutShortNames(layer: ConfigLayer): ConfigLayer {
  const plugins = tableAt(layer.table, ["plugins"]);
  const { [shortNames.cri]: cri, ...others } = plugins;
  if (cri === undefined || namedVersion(layer) > 1) return layer;
  return { path: layer.path, table: { ...layer.table, plugins: { [oldCriPlugin]: cri, ...others } } };
}

/** A file with the tables of two plugins alone, under today's names. */
function withPlugins({ path, table }: ConfigLayer, nri: string | undefined, cri: string): ConfigLayer {
  const entries = [[nriPlugin, nri], [criPlugin, cri]].flatMap(([today, name]) => {
    const found = name === undefined ? undefined : valueAt(table, ["plugins", name]);
    return found === undefined ? [] : [[today, found] as const];
  });
  return { path, table: { ...table, plugins: Object.fromEntries(entries) } };
}

function pluginNames(table: ConfigTable): string[] {
  return Object.keys(tableAt(table, ["plugins"]));
}

function isMinor({ major, minor }: RuntimeVersion, wantedMajor: number, wantedMinor: number): boolean {
  return major === wantedMajor && minor === wantedMinor;
}
