import type { RuntimeFacts } from "../../../core/operations/ports/node_facts.ts";
import { readContainerdSettings } from "./containerd/containerd_facts.ts";
import { readCrioSettings } from "./crio/crio_facts.ts";
import { dirname } from "node:path";
import { ConfigFileError, type ConfigFiles, systemFiles } from "../../shared/files/config_files.ts";
import { type CommandLine, flagValue } from "../../shared/kernel_files/processes.ts";
import { installedVersion } from "../host/services.ts";

/** A runtime that the driver works with. */
export type RuntimeName = RuntimeFacts["runtime"];

/** What is known of a node's runtime before it is looked at. */
export interface RuntimeHints {
  /** The one that was named. */
  readonly runtime: RuntimeName | undefined;
  /** The configuration that was named: containerd's main file, CRI-O's directory. */
  readonly config: string | undefined;
  /** The socket that the kubelet is set up with. */
  readonly endpoint: string | undefined;
  /** Of those that are seen to run. */
  readonly commandLines: ReadonlyMap<RuntimeName, CommandLine>;
}

const containerdFile = "/etc/containerd/config.toml";
const crioDirectory = "/etc/crio";

/**
 * Finds a node's runtime, its version and its configuration: the runtime that is named, or that the kubelet uses, or
 * that runs, or that has a configuration. Undefined where there is none. Never rejects for what is there.
 */
export async function readRuntimeFacts(
  hints: RuntimeHints,
  { files, version: versionOf }: {
    readonly files: ConfigFiles;
    readonly version: typeof installedVersion;
  } = { files: systemFiles, version: installedVersion },
): Promise<RuntimeFacts | undefined> {
  const runtime = hints.runtime ?? inUse(hints) ?? await configured(files);
  if (runtime === undefined) return undefined;
  const version = await versionOf(runtime);
  const line = hints.commandLines.get(runtime) ?? [];
  const settings = runtime === "containerd"
    ? await readContainerdSettings(
      hints.config ?? flagValue(line, "config", "c") ?? containerdFile,
      version,
      files,
    )
    : await readCrioSettings(hints.config ?? crioDirectory, files);
  return { runtime, version, settings };
}

function inUse({ endpoint = "", commandLines }: RuntimeHints): RuntimeName | undefined {
  if (/\bcrio\b/.test(endpoint)) return "crio";
  if (/\bcontainerd\b/.test(endpoint)) return "containerd";
  return commandLines.has("crio") ? "crio" : commandLines.has("containerd") ? "containerd" : undefined;
}

async function configured(files: ConfigFiles): Promise<RuntimeName | undefined> {
  if (await isThere(crioDirectory, files)) return "crio";
  return await isThere(dirname(containerdFile), files) ? "containerd" : undefined;
}

/** A directory that may not be read is one. */
async function isThere(directory: string, files: ConfigFiles): Promise<boolean> {
  try {
    return (await files.list(directory)).length > 0;
  } catch (error) {
    if (error instanceof ConfigFileError) return true;
    throw error;
  }
}
