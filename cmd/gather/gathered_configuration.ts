import { join } from "node:path";
import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { readKubeletLayers } from "../../adapters/operations/host/kubelet_configuration.ts";
import { findRuntime } from "../../adapters/operations/runtimes/find_runtime.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { runtimeHints } from "../options/runtime_place.ts";
import type { GatherOptions } from "./gather_options.ts";
import { type Gathered, type GatheredFile, jsonFile, type Part } from "./gathering.ts";

/**
 * The configuration of runtime and kubelet, each file as JSON: what is read as data can be searched for secrets, and
 * comments, which can hold anything, are left out. Of the runtime also how it was started, since flags count more than
 * files.
 */
export function configurationParts(options: GatherOptions): Part[] {
  return [
    { name: "the runtime's configuration", gather: () => runtime(options) },
    { name: "the kubelet's configuration", gather: () => kubelet(options) },
  ];
}

async function runtime(options: GatherOptions): Promise<Gathered> {
  const found = await findRuntime(await runtimeHints(options), systemFiles);
  switch (found.kind) {
    case "found": {
      const { runtime: { name }, configuration, commandLine } = found;
      const layers = await found.runtime.layers(configuration, systemFiles);
      const files = layers.map(({ path, table }) => configFile(path, table));
      return {
        files: commandLine === undefined
          ? files
          : [...files, jsonFile(join("config", `${name}-command-line.json`), { commandLine })],
      };
    }
    case "unclear":
      return { files: [], problems: [`${found.reason} (name it by --runtime-config)`] };
    case "none":
      return { files: [], problems: ["there is none (see --runtime and --runtime-config)"] };
  }
}

async function kubelet(options: GatherOptions): Promise<Gathered> {
  const commandLine = (await findKubelet(options.procfsRoot))?.commandLine;
  const layers = await readKubeletLayers({ file: options.kubeletConfig, commandLine });
  return {
    files: layers.map(({ path, fields }) => configFile(path, fields)),
    problems: layers.length === 0 ? ["there is none (see --kubelet-config)"] : [],
  };
}

function configFile(path: string, value: unknown): GatheredFile {
  return jsonFile(`${join("config", join("/", path))}.json`, value);
}
