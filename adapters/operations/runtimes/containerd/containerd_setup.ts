import { type FileChanges, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import {
  planDropIn,
  planInPlace,
  requireContainerdValidator,
} from "../../../../core/operations/runtimes/containerd_plan.ts";
import {
  containerdSettings,
  mergingOf,
  refuseDisabledPlugins,
  versionOf,
} from "../../../../core/operations/runtimes/containerd_settings.ts";
import { configVersionOf } from "../../../../core/operations/runtimes/runtime_version.ts";
import {
  refuseOverridden,
  type SettingState,
  stateOf,
} from "../../../../core/operations/runtimes/setting.ts";
import { type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { editsOf, type SetupPlan, type SetupWish } from "../setup_plan.ts";
import { parseToml } from "../../../shared/toml/toml_text.ts";
import { type ContainerdConfiguration, readContainerdConfiguration } from "./containerd_configuration.ts";
import { findDropIn } from "./drop_in.ts";

const head = "# Settings for dramemory, written by `dramemory setup-runtime containerd`.\n";

/**
 * Plans what makes containerd's configuration fit for the driver, and checks that it will: by a drop-in where files of
 * that version are merged key by key, in place where they are not. Nothing is written.
 *
 * Rejects with TomlError, ConfigFileError or {@link RuntimeConfigError}.
 */
export async function planContainerd(
  path: string,
  wish: SetupWish,
  files: ConfigFiles,
): Promise<SetupPlan> {
  const main = await files.read(path) ?? await newMainFile(path, wish);
  const before = withTexts(files, new Map([[path, main]]));
  const configuration = await readContainerdConfiguration(path, before);
  const states = await statesOf(configuration, wish);
  const edits = await editsOf(await changesOf(configuration, states, before), head, before);
  const after = withTexts(before, new Map(edits.map(({ path, text }) => [path, text])));
  refuseOverridden(await statesOf(await readContainerdConfiguration(path, after), wish));
  return { states, edits };
}

/** Plans the same for a text, which is edited in place; what it imports is not looked at. */
export async function planContainerdText(
  text: string,
  name: string,
  wish: SetupWish,
): Promise<SetupPlan> {
  const main = { path: name, table: parseToml(text, name) };
  const configuration = { version: versionOf(main), main, layers: [main] };
  const states = await statesOf(configuration, wish);
  const files = { read: () => Promise.resolve(text), list: () => Promise.resolve([]) };
  return { states, edits: await editsOf(planInPlace(states, [main]), head, files) };
}

async function changesOf(
  configuration: ContainerdConfiguration,
  states: readonly SettingState[],
  files: ConfigFiles,
): Promise<FileChanges[]> {
  const { version, main, layers } = configuration;
  if (mergingOf(version) === "by plugin table") return planInPlace(states, layers);
  return planDropIn(states, main, version, await findDropIn(configuration, files));
}

async function statesOf(
  { version, layers }: ContainerdConfiguration,
  { requirePlugin, runtimeVersion }: SetupWish,
): Promise<SettingState[]> {
  refuseDisabledPlugins(layers);
  if (requirePlugin) requireContainerdValidator(await runtimeVersion(), version, layers);
  return containerdSettings(version, requirePlugin)
    .map((setting) => stateOf(setting, layers, mergingOf(version)));
}

/** Without a file containerd goes by what is built in, which a file with nothing but its version leaves as it is. */
async function newMainFile(path: string, { runtimeVersion }: SetupWish): Promise<string> {
  const version = await runtimeVersion();
  if (version !== undefined) return `version = ${configVersionOf(version)}\n`;
  throw new RuntimeConfigError(
    `Cannot find ${path}, nor tell which version of containerd it should be written for ` +
      "(name the file, or say the version by --runtime-version)",
  );
}
