import { dirname } from "node:path";
import type { RuntimeSettings } from "../../../../core/operations/ports/node_facts.ts";
import type { ConfigLayer } from "../../../../core/operations/runtimes/configuration.ts";
import { ConfigFileError, type ConfigFiles } from "../../../shared/files/config_files.ts";
import { type CommandLine, flagValue } from "../../../shared/kernel_files/processes.ts";
import { TomlError } from "../../../shared/toml/toml_text.ts";
import type { ContainerRuntime } from "../runtime.ts";
import { crioFlags, crioFlagVariables } from "./flags.ts";
import { crioSettings } from "./settings.ts";
import { crioPlace, placeOfProcess, usualDirectory } from "./place.ts";
import { crioLayers, crioReading, planCrio } from "./plan.ts";
import { textIn } from "../layered_text.ts";

const usualSocket = "/var/run/crio/crio.sock";

/** CRI-O, from 1.28 on. */
export const crio: ContainerRuntime = {
  name: "crio",
  // cri-o#6944
  oldest: [1, 28],
  versionArguments: ["version", "--verbose"],
  ociRuntimes: ["crun", "runc"],
  usualConfiguration: usualDirectory,
  partsOf(configuration) {
    const { main, dropIns } = crioPlace(configuration);
    return [main, dropIns];
  },
  directory: usualDirectory,
  serves: (endpoint) => /\bcrio\b/.test(endpoint),
  flagVariables: crioFlagVariables,
  flagsOf: crioFlags,
  configurationOf: placeOfProcess,
  socketOf,
  layers: crioLayers,
  settings,
  plan: planCrio,
  keys: crioSettings(true).map(({ path }) => path),
  // CRI-O reads every file of its directory of drop-ins, so that what is kept has to be elsewhere.
  backupDirectory: (configuration) => dirname(crioPlace(configuration).dropIns),
};

async function socketOf(line: CommandLine, files: ConfigFiles): Promise<string> {
  const flag = flagValue(line, "listen");
  if (flag !== undefined) return flag;
  try {
    const layers = await crioLayers(placeOfProcess(line), files);
    return textIn(layers, ["crio", "api", "listen"]) ?? usualSocket;
  } catch (error) {
    if (error instanceof ConfigFileError || error instanceof TomlError) return usualSocket;
    throw error;
  }
}

async function settings(
  configuration: string,
  _version: unknown,
  files: ConfigFiles,
  flags?: ConfigLayer,
): Promise<RuntimeSettings> {
  try {
    const layers = [...await crioLayers(configuration, files), ...flags === undefined ? [] : [flags]];
    const ociRuntime = ociRuntimeIn(layers);
    return {
      kind: "known",
      readings: [crioReading(layers, false)],
      nriSocket: textIn(layers, ["crio", "nri", "nri_listen"]),
      ...(ociRuntime === undefined ? {} : { ociRuntime }),
    };
  } catch (error) {
    if (error instanceof ConfigFileError) return { kind: "unknown", reason: error.message };
    if (error instanceof TomlError) return { kind: "unusable", reason: error.message };
    throw error;
  }
}

/** What containers of pods without a RuntimeClass are made with; without a path it is searched for by its name (crio.conf(5)). */
function ociRuntimeIn(layers: readonly ConfigLayer[]): string | undefined {
  const runtime = (...path: readonly string[]) => textIn(layers, ["crio", "runtime", ...path]);
  const name = runtime("default_runtime");
  return name === undefined ? undefined : runtime("runtimes", name, "runtime_path") ?? name;
}
