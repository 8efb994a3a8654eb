import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import type { MemoryManagerFact } from "../../../core/operations/ports/node_facts.ts";
import { ConfigFileError, type ConfigFiles, reasonOf, systemFiles } from "../../shared/files/config_files.ts";
import { type CommandLine, flagValue } from "../../shared/kernel_files/processes.ts";

/** Where to look for the kubelet's configuration. */
export interface KubeletConfigPlace {
  /** The file that was named, which stands above what the kubelet's command line says. */
  readonly file: string | undefined;
  /** Of the kubelet that runs, if it can be seen. */
  readonly commandLine: CommandLine | undefined;
}

/** What is read of a kubelet's configuration (kubelet.config.k8s.io/v1beta1). */
export interface KubeletConfiguration {
  readonly memoryManager: MemoryManagerFact;
  /** The runtime's socket; undefined where that is not set or cannot be read. */
  readonly runtimeEndpoint: string | undefined;
}

const usualFile = "/var/lib/kubelet/config.yaml";

/**
 * Reads a kubelet's configuration as it does: the file, over it the `*.conf` of `--config-dir` by name (KEP-3983), over
 * these its flags. Never rejects for what is there.
 */
export async function readKubeletConfiguration(
  { file, commandLine = [] }: KubeletConfigPlace,
  files: ConfigFiles = systemFiles,
): Promise<KubeletConfiguration> {
  const endpointFlag = flagValue(commandLine, "container-runtime-endpoint");
  const policyFlag = flagValue(commandLine, "memory-manager-policy");
  try {
    const layers = await readKubeletLayers({ file, commandLine }, files);
    const setting = (key: string) =>
      layers.map(({ path, fields }) => ({ path, value: fields[key] }))
        .findLast(({ value }) => typeof value === "string" && value !== "");
    const policy = setting("memoryManagerPolicy");
    return {
      memoryManager: policyFlag !== undefined
        ? known(policyFlag, "--memory-manager-policy of the kubelet that runs")
        : policy !== undefined
        ? known(String(policy.value), policy.path)
        : layers.length > 0 || commandLine.length > 0
        ? known("None", "which is the default")
        : { kind: "unknown", reason: `${file ?? usualFile} is not there, and no kubelet is seen to run` },
      runtimeEndpoint: endpointFlag ?? text(setting("containerRuntimeEndpoint")?.value),
    };
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    return { memoryManager: { kind: "unknown", reason: error.message }, runtimeEndpoint: endpointFlag };
  }
}

/** A file of a kubelet's configuration. */
export interface KubeletLayer {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The files of a kubelet's configuration, in the order in which they count. Rejects with ConfigFileError. */
export async function readKubeletLayers(
  { file: named, commandLine = [] }: KubeletConfigPlace,
  files: ConfigFiles = systemFiles,
): Promise<KubeletLayer[]> {
  const file = named ?? flagValue(commandLine, "config") ?? usualFile;
  const directory = flagValue(commandLine, "config-dir");
  const entries = directory === undefined ? [] : await files.list(directory);
  const dropIns = entries.filter(({ name, isDirectory }) => !isDirectory && name.endsWith(".conf"))
    .map(({ name }) => join(directory ?? "", name));
  const layers = await Promise.all([file, ...dropIns].map((path) => readLayer(path, files)));
  return layers.flat();
}

async function readLayer(path: string, files: ConfigFiles): Promise<KubeletLayer[]> {
  const content = await files.read(path);
  if (content === undefined) return [];
  try {
    const fields: unknown = parse(content);
    return [{ path, fields: typeof fields === "object" && fields !== null ? { ...fields } : {} }];
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new ConfigFileError(`Cannot read ${path} as YAML: ${reasonOf(cause).split("\n")[0]}`, { cause });
  }
}

function known(policy: string, source: string): MemoryManagerFact {
  return { kind: "known", policy, source };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
