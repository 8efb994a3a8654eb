import { type ConfigLayer, RuntimeConfigError } from "./configuration.ts";
import { type ConfigTable, type ConfigValue, stringsOf, valueAt } from "../../values/config_table.ts";

/** What a key must hold. */
export type Wanted =
  | { readonly kind: "is"; readonly value: boolean }
  /** A list with at least one of these; the first is added where none is there. */
  | { readonly kind: "includes"; readonly anyOf: readonly [string, ...string[]] }
  /** Any text; this one where there is none. */
  | { readonly kind: "is set"; readonly value: string };

/** One thing that the driver needs of its runtime. */
export interface Setting {
  /** What it is for, in the words of an operator. */
  readonly purpose: string;
  readonly path: readonly string[];
  readonly wanted: Wanted;
  /** What the runtime takes when no file sets it; undefined where that depends on its version. */
  readonly builtIn: ConfigValue | undefined;
}

/**
 * How a runtime puts its files together. Later ones win, key by key; containerd 1.7 takes the whole table of a plugin
 * from the last file that has it (mergeConfig in its services/server/config).
 */
export type Merging = "by key" | "by plugin table";

/** A setting as it stands. */
export interface SettingState {
  readonly setting: Setting;
  /** Where the value comes from; undefined when it is built in. */
  readonly layer: ConfigLayer | undefined;
  readonly value: unknown;
  readonly met: boolean;
  /** What is to be written where it is not met. */
  readonly target: ConfigValue;
}

/** The settings as one of a runtime's versions takes them from the files. */
export interface SettingsReading {
  /** The versions that read them so, for people: `containerd 2.0 to 2.2`. */
  readonly reader: string;
  readonly states: readonly SettingState[];
}

/** Compares what is wanted with the files of a runtime, in the order in which it reads them. */
export function stateOf(setting: Setting, layers: readonly ConfigLayer[], merging: Merging): SettingState {
  const layer = owningLayer(setting, layers, merging);
  const found = layer === undefined ? undefined : valueAt(layer.table, setting.path);
  const value = found ?? setting.builtIn;
  return {
    setting,
    layer: found === undefined ? undefined : layer,
    value,
    met: isMet(setting.wanted, value),
    target: targetOf(setting.wanted, value),
  };
}

/** The last file with the plugin's table or, where files are merged by key, with the key itself. */
function owningLayer(
  { path }: Setting,
  layers: readonly ConfigLayer[],
  merging: Merging,
): ConfigLayer | undefined {
  const unit = merging === "by key" ? path : path.slice(0, 2);
  return layers.findLast(({ table }: { table: ConfigTable }) => valueAt(table, unit) !== undefined);
}

/** The settings that do not hold for every reader, each once. */
export function unmetStates(readings: readonly SettingsReading[]): SettingState[] {
  const unmet = readings.flatMap(({ states }) => states).filter(({ met }) => !met);
  return [...new Map(unmet.map((state) => [state.setting.path.join("\0"), state])).values()];
}

/** Throws {@link RuntimeConfigError} when a setting would still not hold, because of a file that is read later. */
export function refuseOverridden(readings: readonly SettingsReading[]): void {
  const [overridden] = unmetStates(readings);
  if (overridden === undefined) return;
  const { setting: { purpose, path }, layer } = overridden;
  throw new RuntimeConfigError(
    `Cannot turn on ${purpose} beside ${layer?.path ?? "what is built in"}, which is read later and sets ` +
      `${path.at(-1)} (change it there)`,
  );
}

function isMet(wanted: Wanted, value: unknown): boolean {
  switch (wanted.kind) {
    case "is":
      return value === wanted.value;
    case "includes":
      return stringsOf(value).some((item) => wanted.anyOf.includes(item));
    case "is set":
      return typeof value === "string" && value !== "";
  }
}

function targetOf(wanted: Wanted, value: unknown): ConfigValue {
  return wanted.kind === "includes" ? [...stringsOf(value), wanted.anyOf[0]] : wanted.value;
}
