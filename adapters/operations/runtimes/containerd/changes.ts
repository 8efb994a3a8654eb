import type { FileChanges } from "../../../../core/operations/runtimes/configuration.ts";
import { type ConfigChange, stringsOf, valueAt } from "../../../../core/values/config_table.ts";
import { type SettingState, unmetStates } from "../../../../core/operations/runtimes/setting.ts";
import type { ContainerdConfiguration } from "./configuration.ts";
import { criPlugin, oldCriPlugin, shortNames } from "./names.ts";
import { hasPlugin, lastVersion, namedVersion } from "./readers.ts";
import type { ContainerdReading } from "./readings.ts";

/** A file of its own beside the main one. */
export interface DropIn {
  readonly path: string;
  /** Whether it is there already. */
  readonly present: boolean;
  /** The import that the main file lacks for it; undefined when one covers it already. */
  readonly missingImport: string | undefined;
}

/** The changes that make settings hold in the files that have them, for every containerd that may read these. */
export function changesInPlace(
  readings: readonly ContainerdReading[],
  configuration: ContainerdConfiguration,
): FileChanges[] {
  const changes = new Map<string, Map<string, ConfigChange>>();
  for (const reading of readings) {
    for (const state of reading.states.filter(({ met }) => !met)) {
      const { file, path } = placeOf(state, reading, configuration);
      const ofFile = changes.get(file) ?? new Map<string, ConfigChange>();
      changes.set(file, ofFile.set(path.join("\0"), { path, value: state.target }));
    }
  }
  return [...changes].map(([path, changes]) => ({ path, changes: [...changes.values()] }));
}

/**
 * The changes that make settings hold by a drop-in, which goes first: the main file must not import what is not there.
 *
 * Its version is the one that is named last, because containerd 2.0 to 2.2 take all files by that; its tables have
 * today's names, which containerd 2 takes in every version, and which count before the old ones in version 2.
 */
export function changesByDropIn(
  readings: readonly ContainerdReading[],
  { main, layers }: ContainerdConfiguration,
  dropIn: DropIn,
): FileChanges[] {
  const wanted = unmetStates(readings)
    .map(({ setting: { path }, target }): ConfigChange => ({ path, value: target }));
  if (wanted.length === 0) return [];
  const version: ConfigChange = { path: ["version"], value: lastVersion(layers) ?? 3 };
  const plan = [{ path: dropIn.path, changes: [...dropIn.present ? [] : [version], ...wanted] }];
  if (dropIn.missingImport === undefined) return plan;
  const imports = [...stringsOf(valueAt(main.table, ["imports"])), dropIn.missingImport];
  return [...plan, { path: main.path, changes: [{ path: ["imports"], value: imports }] }];
}

/** The file that a setting is to be changed in, and the key by the name that it has there. */
function placeOf(
  { setting: { path }, layer }: SettingState,
  { by }: ContainerdReading,
  { main, layers }: ContainerdConfiguration,
): { file: string; path: string[] } {
  const [root = "", plugin = "", ...keys] = path;
  const names = plugin !== criPlugin
    ? [plugin]
    : by.merging === "by plugin table"
    ? [oldCriPlugin]
    : [criPlugin, oldCriPlugin, shortNames.cri];
  const owner = layers.findLast((each) => each.path === layer?.path) ??
    layers.findLast((each) => names.some((name) => hasPlugin(each, name))) ?? main;
  const name = names.find((name) => valueAt(owner.table, [root, name, ...keys]) !== undefined) ??
    names.find((name) => hasPlugin(owner, name)) ??
    (plugin === criPlugin && namedVersion(owner) < 3 ? oldCriPlugin : plugin);
  return { file: owner.path, path: [root, name, ...keys] };
}
