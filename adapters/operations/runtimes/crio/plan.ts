import { join, relative } from "node:path";
import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import {
  refuseOverridden,
  type SettingsReading,
  stateOf,
  unmetStates,
} from "../../../../core/operations/runtimes/setting.ts";
import { type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { parseToml } from "../../../shared/toml/toml_text.ts";
import { headOf } from "../head.ts";
import { lastName } from "../last_name.ts";
import { editsOf, type SetupPlan, type SetupWish } from "../setup_plan.ts";
import { type CrioPlace, crioPlace } from "./place.ts";
import { crioSettings, requireCrioValidator } from "./settings.ts";

const head = headOf("crio");

/**
 * Plans the drop-in that makes CRI-O's configuration fit for the driver, at a place like /etc/crio (see crioPlace), and checks
 * that nothing undoes it: its name has it read after all others, but flags count more than any file. Nothing is written.
 * Rejects with TomlError, ConfigFileError or RuntimeConfigError.
 */
export async function planCrio(
  configuration: string,
  { requirePlugin, version, flags }: SetupWish,
  files: ConfigFiles,
): Promise<SetupPlan> {
  if (requirePlugin) requireCrioValidator(version);
  const place = crioPlace(configuration);
  const over = flags === undefined ? [] : [flags];
  const layers = await layersAt(place, files);
  if (layers.length === 0 && flags === undefined && version === undefined) throw noCrio(place);
  const readings = [crioReading([...layers, ...over], requirePlugin)];
  const changes = unmetStates(readings).map(({ setting: { path }, target }) => ({ path, value: target }));
  if (changes.length === 0) return { readings, edits: [] };
  const others = layers.filter(({ path }) => path !== place.main)
    .map(({ path }) => relative(place.dropIns, path).split("/")[0] ?? "");
  const path = join(place.dropIns, lastName("dramemory.conf", others));
  const edits = await editsOf([{ path, changes }], head, files);
  const after = withTexts(files, new Map(edits.map(({ path, text }) => [path, text])));
  refuseOverridden([crioReading([...await layersAt(place, after), ...over], requirePlugin)]);
  return { readings, edits };
}

/** A first drop-in where nothing is of CRI-O would be a directory that nobody reads. */
function noCrio({ main, dropIns }: CrioPlace): RuntimeConfigError {
  return new RuntimeConfigError(
    `Cannot find ${main} or anything in ${dropIns}, nor tell the version of crio: is it this node's runtime? ` +
      "(name its directory, or say the version by --runtime-version)",
  );
}

/** The settings of CRI-O, whose versions all read their files in the same way. */
export function crioReading(layers: readonly ConfigLayer[], requirePlugin: boolean): SettingsReading {
  return {
    reader: "CRI-O",
    states: crioSettings(requirePlugin).map((setting) => stateOf(setting, layers, "by key")),
  };
}

/** The main file, then every file of the directory of drop-ins by name, whatever its ending, as CRI-O reads them. */
export function crioLayers(configuration: string, files: ConfigFiles): Promise<ConfigLayer[]> {
  return layersAt(crioPlace(configuration), files);
}

async function layersAt({ main, dropIns }: CrioPlace, files: ConfigFiles): Promise<ConfigLayer[]> {
  const paths = [main, ...await filesBelow(dropIns, files)];
  const texts = await Promise.all(paths.map(async (path) => ({ path, text: await files.read(path) })));
  return texts.flatMap(({ path, text }) =>
    text === undefined ? [] : [{ path, table: parseToml(text, path) }]
  );
}

async function filesBelow(directory: string, files: ConfigFiles): Promise<string[]> {
  const entries = await files.list(directory);
  const nested = await Promise.all(entries.map(({ name, isDirectory }) => {
    const path = join(directory, name);
    return isDirectory ? filesBelow(path, files) : [path];
  }));
  return nested.flat();
}
