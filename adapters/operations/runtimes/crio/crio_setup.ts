import { join } from "node:path";
import type { ConfigLayer } from "../../../../core/operations/runtimes/configuration.ts";
import { crioSettings, requireCrioValidator } from "../../../../core/operations/runtimes/crio_settings.ts";
import {
  refuseOverridden,
  type SettingState,
  stateOf,
} from "../../../../core/operations/runtimes/setting.ts";
import { type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { editsOf, type SetupPlan, type SetupWish } from "../setup_plan.ts";
import { parseToml } from "../../../shared/toml/toml_text.ts";

const head = "# Settings for dramemory, written by `dramemory setup-runtime crio`.\n";

/**
 * Plans the drop-in that makes CRI-O's configuration fit for the driver, below a directory like /etc/crio, and checks
 * that no later one undoes it. Nothing is written. Rejects with TomlError, ConfigFileError or RuntimeConfigError.
 */
export async function planCrio(
  directory: string,
  { requirePlugin, runtimeVersion }: SetupWish,
  files: ConfigFiles,
): Promise<SetupPlan> {
  if (requirePlugin) requireCrioValidator(await runtimeVersion());
  const statesIn = (files: ConfigFiles) => crioStates(directory, requirePlugin, files);
  const states = await statesIn(files);
  const changes = states.filter(({ met }) => !met)
    .map(({ setting: { path }, target }) => ({ path, value: target }));
  if (changes.length === 0) return { states, edits: [] };
  const path = join(directory, "crio.conf.d/99-dramemory.conf");
  const edits = await editsOf([{ path, changes }], head, files);
  refuseOverridden(await statesIn(withTexts(files, new Map(edits.map(({ path, text }) => [path, text])))));
  return { states, edits };
}

/** The settings of CRI-O as its files below a directory have them. Rejects with TomlError or ConfigFileError. */
export async function crioStates(
  directory: string,
  requirePlugin: boolean,
  files: ConfigFiles,
): Promise<SettingState[]> {
  const layers = await crioLayers(directory, files);
  return crioSettings(requirePlugin).map((setting) => stateOf(setting, layers, "by key"));
}

/** The main file, then every file of crio.conf.d by name, whatever its ending, as CRI-O reads them. */
export async function crioLayers(directory: string, files: ConfigFiles): Promise<ConfigLayer[]> {
  const paths = [join(directory, "crio.conf"), ...await filesBelow(join(directory, "crio.conf.d"), files)];
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
