import type { RuntimeSettings } from "../../../../core/operations/ports/node_facts.ts";
import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import type { RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { ConfigFileError, type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { type CommandLine, flagValue } from "../../../shared/kernel_files/processes.ts";
import { TomlError } from "../../../shared/toml/toml_text.ts";
import type { ContainerRuntime } from "../runtime.ts";
import { builtInFile } from "./built_in.ts";
import { readContainerdConfiguration } from "./configuration.ts";
import { criPlugin, nriPlugin, oldCriPlugin } from "./names.ts";
import { planContainerd, planContainerdText } from "./plan.ts";
import { readingsOf } from "./readings.ts";
import { containerdSettings, refuseDisabledPlugins } from "./settings.ts";
import { textIn } from "../layered_text.ts";

const usualConfiguration = "/etc/containerd/config.toml";
const usualSocket = "/run/containerd/containerd.sock";

/** containerd, from 1.7 on. */
export const containerd: ContainerRuntime = {
  name: "containerd",
  // containerd#8252
  oldest: [1, 7],
  policiesSince: [2, 3],
  ociRuntimes: ["runc"],
  usualConfiguration,
  partsOf: (configuration) => [configuration],
  directory: "/etc/containerd",
  serves: (endpoint) => /\bcontainerd\b/.test(endpoint),
  configurationOf,
  socketOf,
  layers: async (configuration, files) => (await readContainerdConfiguration(configuration, files)).layers,
  settings,
  plan: planContainerd,
  planText: planContainerdText,
  keys: containerdSettings({ onByItself: true, hasCdiSwitch: true }, true).flatMap((
    { path: [root = "", ...rest] },
  ) =>
    [criPlugin, oldCriPlugin].map((cri) => [root, ...rest.map((part) => part === criPlugin ? cri : part)])
  ),
  backupDirectory: () => undefined,
};

function configurationOf(line: CommandLine): string {
  return flagValue(line, "config", "c") ?? usualConfiguration;
}

async function socketOf(line: CommandLine, files: ConfigFiles): Promise<string> {
  const flag = flagValue(line, "address", "a");
  if (flag !== undefined) return flag;
  try {
    const { layers } = await readContainerdConfiguration(configurationOf(line), files);
    return textIn(layers, ["plugins", "io.containerd.server.v1.grpc", "address"]) ??
      textIn(layers, ["grpc", "address"]) ?? usualSocket;
  } catch (error) {
    if (isExpected(error)) return usualSocket;
    throw error;
  }
}

async function settings(
  path: string,
  version: RuntimeVersion | undefined,
  files: ConfigFiles,
): Promise<RuntimeSettings> {
  try {
    const main = await files.read(path) ?? (version === undefined ? undefined : builtInFile(version));
    if (main === undefined) {
      return { kind: "unknown", reason: `${path} is not there, and the version is not known` };
    }
    const { layers } = await readContainerdConfiguration(path, withTexts(files, new Map([[path, main]])));
    refuseDisabledPlugins(layers);
    const ociRuntime = ociRuntimeIn(layers);
    return {
      kind: "known",
      readings: readingsOf(layers, version, false),
      nriSocket: textIn(layers, ["plugins", nriPlugin, "socket_path"]),
      ...(ociRuntime === undefined ? {} : { ociRuntime }),
    };
  } catch (error) {
    if (error instanceof ConfigFileError) return { kind: "unknown", reason: error.message };
    if (isExpected(error)) return { kind: "unusable", reason: error.message };
    throw error;
  }
}

/** What the shim of runc is told to run for pods without a RuntimeClass; other shims name none (docs/cri/config.md). */
function ociRuntimeIn(layers: readonly ConfigLayer[]): string | undefined {
  const text = (...path: readonly string[]) =>
    textIn(layers, ["plugins", criPlugin, "containerd", ...path]) ??
      textIn(layers, ["plugins", oldCriPlugin, "containerd", ...path]);
  return text("runtimes", text("default_runtime_name") ?? "runc", "options", "BinaryName");
}

function isExpected(error: unknown): error is Error {
  return [ConfigFileError, TomlError, RuntimeConfigError].some((kind) => error instanceof kind);
}
