import type { RuntimeSettings } from "../../../../core/operations/ports/node_facts.ts";
import { RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import {
  containerdSettings,
  mergingOf,
  refuseDisabledPlugins,
} from "../../../../core/operations/runtimes/containerd_settings.ts";
import {
  configVersionOf,
  type RuntimeVersion,
} from "../../../../core/operations/runtimes/runtime_version.ts";
import { stateOf } from "../../../../core/operations/runtimes/setting.ts";
import { ConfigFileError, type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { TomlError } from "../../../shared/toml/toml_text.ts";
import { readContainerdConfiguration } from "./containerd_configuration.ts";

/**
 * What the driver needs of containerd, as a main file and what it imports have it for the containerd of a version.
 * Without such a file what is built in holds, which takes the version to be known. Never rejects for what is there.
 */
export async function readContainerdSettings(
  path: string,
  containerd: RuntimeVersion | undefined,
  files: ConfigFiles,
): Promise<RuntimeSettings> {
  try {
    const main = await files.read(path) ?? builtInFile(containerd);
    if (main === undefined) {
      return { kind: "unknown", reason: `${path} is not there, and the version is not known` };
    }
    const { version, layers } = await readContainerdConfiguration(
      path,
      withTexts(files, new Map([[path, main]])),
    );
    refuseDisabledPlugins(layers);
    const merging = mergingOf(version, containerd);
    const settings = containerdSettings(version, false, containerd);
    return { kind: "known", states: settings.map((setting) => stateOf(setting, layers, merging)) };
  } catch (error) {
    if (error instanceof ConfigFileError) return { kind: "unknown", reason: error.message };
    if (error instanceof TomlError || error instanceof RuntimeConfigError) {
      return { kind: "unusable", reason: error.message };
    }
    throw error;
  }
}

/** A file that sets nothing. */
function builtInFile(containerd: RuntimeVersion | undefined): string | undefined {
  return containerd === undefined ? undefined : `version = ${configVersionOf(containerd)}\n`;
}
