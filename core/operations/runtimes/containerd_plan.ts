import {
  type ConfigChange,
  type ConfigLayer,
  type FileChanges,
  RuntimeConfigError,
  stringsOf,
  valueAt,
} from "./configuration.ts";
import { mentionsValidator } from "./containerd_settings.ts";
import { type ConfigVersion, isAtLeast, type RuntimeVersion } from "./runtime_version.ts";
import { owningLayer, type SettingState } from "./setting.ts";

/** A file of its own beside the main one. */
export interface DropIn {
  readonly path: string;
  /** What is in it, when it is there. */
  readonly present: boolean;
  /** The import that the main file lacks for it; undefined when one covers it already. */
  readonly missingImport: string | undefined;
}

/**
 * The changes that make settings hold in a file for which containerd's versions differ in how they merge: each in the
 * last file that has the plugin's table, which wins under both rules, or else in the main one.
 */
export function planInPlace(states: readonly SettingState[], layers: readonly ConfigLayer[]): FileChanges[] {
  const [main] = layers;
  const changes = new Map<string, ConfigChange[]>();
  for (const { setting, met, target } of states) {
    const owner = owningLayer(setting, layers, "by plugin table") ?? main;
    if (met || owner === undefined) continue;
    const ofFile = changes.get(owner.path) ?? [];
    changes.set(owner.path, [...ofFile, { path: setting.path, value: target }]);
  }
  return [...changes].map(([path, changes]) => ({ path, changes }));
}

/**
 * The changes that make settings hold by a drop-in, which goes first: the main file must not import what is not there.
 * A drop-in has its main file's version, because containerd 2.0 to 2.2 go by the last version that they read.
 */
export function planDropIn(
  states: readonly SettingState[],
  main: ConfigLayer,
  version: ConfigVersion,
  dropIn: DropIn,
): FileChanges[] {
  const wanted = states.filter(({ met }) => !met)
    .map(({ setting: { path }, target }): ConfigChange => ({ path, value: target }));
  if (wanted.length === 0) return [];
  const head: ConfigChange[] = dropIn.present ? [] : [{ path: ["version"], value: version }];
  const plan = [{ path: dropIn.path, changes: [...head, ...wanted] }];
  if (dropIn.missingImport === undefined) return plan;
  const imports = [...stringsOf(valueAt(main.table, ["imports"])), dropIn.missingImport];
  return [...plan, { path: main.path, changes: [{ path: ["imports"], value: imports }] }];
}

/**
 * Makes sure that containerd can require a plugin (2.2 and newer can). Without its version the files have to tell:
 * version 4 of them is newer, and what 2.2 prints mentions it. Throws {@link RuntimeConfigError}.
 */
export function requireContainerdValidator(
  containerd: RuntimeVersion | undefined,
  version: ConfigVersion,
  layers: readonly ConfigLayer[],
): void {
  if (containerd === undefined) {
    if (version === 4 || layers.some(({ table }) => mentionsValidator(table))) return;
    throw new RuntimeConfigError(
      "Cannot require the plugin: it takes containerd 2.2, and its version is not known (say it by --runtime-version)",
    );
  }
  if (isAtLeast(containerd, 2, 2)) return;
  throw new RuntimeConfigError(
    `Cannot require the plugin: containerd ${containerd.text} has no validator that could (2.2 or newer has)`,
  );
}
