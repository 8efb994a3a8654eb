import type { RuntimeSettings } from "../../../../core/operations/ports/node_facts.ts";
import type { ConfigLayer } from "../../../../core/operations/runtimes/configuration.ts";
import { valueAt } from "../../../../core/values/config_table.ts";
import { ConfigFileError, type ConfigFiles } from "../../../shared/files/config_files.ts";
import { flagValue } from "../../../shared/kernel_files/processes.ts";
import { TomlError } from "../../../shared/toml/toml_text.ts";
import type { ContainerRuntime } from "../runtime.ts";
import { crioSettings } from "./settings.ts";
import { crioLayers, crioReading, planCrio } from "./plan.ts";

const usualConfiguration = "/etc/crio";

/** CRI-O, from 1.28 on. */
export const crio: ContainerRuntime = {
  name: "crio",
  // cri-o#6944
  oldest: [1, 28],
  usualConfiguration,
  directory: usualConfiguration,
  serves: (endpoint) => /\bcrio\b/.test(endpoint),
  configurationOf: () => usualConfiguration,
  socketOf: (line) => Promise.resolve(flagValue(line, "listen") ?? "/var/run/crio/crio.sock"),
  layers: crioLayers,
  settings,
  plan: planCrio,
  keys: crioSettings(true).map(({ path }) => path),
  // CRI-O reads every file of its directory of drop-ins, so that what is kept has to be elsewhere.
  backupDirectory: (directory) => directory,
};

async function settings(directory: string, _version: unknown, files: ConfigFiles): Promise<RuntimeSettings> {
  try {
    const layers = await crioLayers(directory, files);
    return { kind: "known", readings: [crioReading(layers, false)], nriSocket: listenAddress(layers) };
  } catch (error) {
    if (error instanceof ConfigFileError) return { kind: "unknown", reason: error.message };
    if (error instanceof TomlError) return { kind: "unusable", reason: error.message };
    throw error;
  }
}

function listenAddress(layers: readonly ConfigLayer[]): string | undefined {
  return layers.map(({ table }) => valueAt(table, ["crio", "nri", "nri_listen"]))
    .findLast((value): value is string => typeof value === "string" && value !== "");
}
