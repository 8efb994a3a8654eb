import { join } from "node:path";
import { readContainerdConfiguration } from "../../adapters/operations/runtimes/containerd/containerd_configuration.ts";
import { crioLayers } from "../../adapters/operations/runtimes/crio/crio_setup.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { type CommandLine, commandLinesOf, flagValue } from "../../adapters/shared/kernel_files/processes.ts";
import { readKubeletLayers } from "../../adapters/operations/host/kubelet_configuration.ts";
import type { GatherOptions } from "./gather_options.ts";
import { type Gathered, type GatheredFile, jsonFile, type Part } from "./gathering.ts";

/**
 * The configuration of runtime and kubelet, each file as JSON: what is read as data can be searched for secrets, and
 * comments, which can hold anything, are left out.
 */
export function configurationParts(options: GatherOptions): Part[] {
  return [
    { name: "containerd's configuration", gather: () => containerd(options) },
    { name: "CRI-O's configuration", gather: () => crio(options) },
    { name: "the kubelet's configuration", gather: () => kubelet(options) },
  ];
}

async function containerd(options: GatherOptions): Promise<Gathered> {
  const { runtime, runtimeConfig } = options;
  if (runtime === "crio") return { files: [] };
  const line = await commandLine("containerd", options);
  const path = runtimeConfig ?? flagValue(line, "config", "c") ?? "/etc/containerd/config.toml";
  const { layers } = await readContainerdConfiguration(path, systemFiles);
  return { files: layers.map(({ path, table }) => configFile(path, table)) };
}

async function crio({ runtime, runtimeConfig }: GatherOptions): Promise<Gathered> {
  if (runtime === "containerd") return { files: [] };
  const layers = await crioLayers(runtime === "crio" && runtimeConfig || "/etc/crio", systemFiles);
  return { files: layers.map(({ path, table }) => configFile(path, table)) };
}

async function kubelet(options: GatherOptions): Promise<Gathered> {
  const place = { file: options.kubeletConfig, commandLine: await commandLine("kubelet", options) };
  const layers = await readKubeletLayers(place);
  return {
    files: layers.map(({ path, fields }) => configFile(path, fields)),
    problems: layers.length === 0 ? ["there is none (see --kubelet-config)"] : [],
  };
}

async function commandLine(program: string, { procfsRoot }: GatherOptions): Promise<CommandLine> {
  return (await commandLinesOf([program], procfsRoot)).get(program) ?? [];
}

function configFile(path: string, value: unknown): GatheredFile {
  return jsonFile(`${join("config", join("/", path))}.json`, value);
}
