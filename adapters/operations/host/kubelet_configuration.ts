import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeletSource, MemoryManagerFact } from "../../../core/operations/ports/node_facts.ts";
import { ConfigFileError, type ConfigFiles, systemFiles } from "../../shared/files/config_files.ts";
import { firstLineOf } from "../../../core/values/message_of.ts";
import { type CommandLine, flagValue, flagValues } from "../../shared/kernel_files/processes.ts";

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
  /** The runtime's socket; undefined where that cannot be told. */
  readonly runtimeEndpoint: string | undefined;
  /** Whether it counts claims as resources of its node; undefined where that cannot be told. */
  readonly countsClaims: boolean | undefined;
}

/** The feature gate of that (KEP-5517), off unless it is turned on: it is alpha up to Kubernetes 1.38. */
const countingGate = "DRANodeAllocatableResources";

const wantedKind = "KubeletConfiguration";

const usualFile = "/var/lib/kubelet/config.yaml";

/** What a kubelet takes when nothing sets it (SetDefaults_KubeletConfiguration). */
const defaultEndpoint = "unix:///run/containerd/containerd.sock";

/**
 * Reads a kubelet's configuration as it does: its flags, which decide before any file, then the `*.conf` below
 * `--config-dir` (KEP-3983), then the file. Never rejects for what is there.
 */
export async function readKubeletConfiguration(
  { file, commandLine = [] }: KubeletConfigPlace,
  files: ConfigFiles = systemFiles,
): Promise<KubeletConfiguration> {
  const endpointFlag = flagValue(commandLine, "container-runtime-endpoint");
  const policyFlag = flagValue(commandLine, "memory-manager-policy");
  const flagged = policyFlag === undefined ? undefined : known(policyFlag, { kind: "flag" });
  try {
    const layers = await readKubeletLayers({ file, commandLine }, files);
    const policy = settingIn(layers, "memoryManagerPolicy");
    const endpoint = settingIn(layers, "containerRuntimeEndpoint");
    const isSeen = layers.length > 0 || commandLine.length > 0;
    return {
      memoryManager: flagged ??
        (policy !== undefined
          ? known(policy.value, { kind: "file", path: policy.path })
          : isSeen
          ? known("None", { kind: "default" })
          : { kind: "unknown", reason: `${file ?? usualFile} is not there, and no kubelet is seen to run` }),
      runtimeEndpoint: endpointFlag ?? endpoint?.value ??
        (commandLine.length > 0 ? defaultEndpoint : undefined),
      countsClaims: isSeen ? gateIn(layers, commandLine, countingGate) ?? false : undefined,
    };
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    return {
      memoryManager: flagged ?? { kind: "unknown", reason: error.message },
      runtimeEndpoint: endpointFlag,
      countsClaims: undefined,
    };
  }
}

/** A file of a kubelet's configuration. */
export interface KubeletLayer {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The files of a kubelet's configuration, in the order in which they count. Rejects with ConfigFileError, also where a
 * file that was named is not to be seen from here: the kubelet that runs has read something.
 */
export async function readKubeletLayers(
  { file: named, commandLine = [] }: KubeletConfigPlace,
  files: ConfigFiles = systemFiles,
): Promise<KubeletLayer[]> {
  const file = named ?? flagValue(commandLine, "config");
  if (file !== undefined && await files.read(file) === undefined) {
    throw noConfiguration(file, "it is not there");
  }
  const directory = flagValue(commandLine, "config-dir");
  const dropIns = directory === undefined ? [] : await dropInsBelow(directory, files);
  // One that runs reads no file unless it is told to.
  const main = file ?? (commandLine.length > 0 ? undefined : usualFile);
  const paths = main === undefined ? dropIns : [main, ...dropIns];
  const layers = (await Promise.all(paths.map((path) => readLayer(path, files)))).flat();
  const empty = layers.find(({ path, fields }) => path === main && Object.keys(fields).length === 0);
  // configfiles.go of the kubelet: some parameters are required.
  if (empty !== undefined) {
    throw noConfiguration(empty.path, "there is nothing in it, and no kubelet starts with that");
  }
  return layers;
}

/** The whole tree, each directory by its name among its neighbors, as filepath.WalkDir goes. */
async function dropInsBelow(directory: string, files: ConfigFiles): Promise<string[]> {
  const entries = await files.list(directory);
  const found = await Promise.all(entries.map(({ name, isDirectory }) => {
    const path = join(directory, name);
    if (isDirectory) return dropInsBelow(path, files);
    return Promise.resolve(name.endsWith(".conf") ? [path] : []);
  }));
  return found.flat();
}

/**
 * A key that comes twice is no mistake to the kubelet: it logs that and takes the last one. Of several documents it takes
 * the first. Its YAML is that of 1.1 (sigs.k8s.io/yaml), in which mappings are merged by `<<`.
 */
async function readLayer(path: string, files: ConfigFiles): Promise<KubeletLayer[]> {
  const content = await files.read(path);
  if (content === undefined) return [];
  const [document] = parseAllDocuments(content, { uniqueKeys: false, version: "1.1" });
  const [cause] = document?.errors ?? [];
  if (cause !== undefined) {
    throw new ConfigFileError(`Cannot read ${path} as YAML: ${firstLineOf(cause)}`, { cause });
  }
  return [{ path, fields: fieldsIn(document?.toJS() ?? {}, path) }];
}

function fieldsIn(value: unknown, path: string): KubeletLayer["fields"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw noConfiguration(path, `it is no ${wantedKind}`);
  }
  const fields: KubeletLayer["fields"] = { ...value };
  const { kind = wantedKind } = fields;
  if (kind === wantedKind) return fields;
  throw noConfiguration(path, `its kind is ${kind}, and ${wantedKind} is wanted`);
}

function noConfiguration(path: string, reason: string): ConfigFileError {
  return new ConfigFileError(`Cannot read ${path}, the kubelet's configuration: ${reason}`);
}

/** What the last file with something at a key says. A null takes back what earlier ones say (RFC 7396). */
function settingIn(
  layers: readonly KubeletLayer[],
  key: string,
): { readonly value: string; readonly path: string } | undefined {
  const last = layers.findLast(({ fields }) => fields[key] !== undefined && fields[key] !== "");
  const value = last?.fields[key];
  if (last === undefined || value === null) return undefined;
  if (typeof value === "string") return { value, path: last.path };
  throw noConfiguration(last.path, `${key} is no text`);
}

/** A feature gate, of the flags (`--feature-gates=A=true,B=false`), which add up, or of the last file that names it. */
function gateIn(
  layers: readonly KubeletLayer[],
  commandLine: CommandLine,
  gate: string,
): boolean | undefined {
  const flagged = flagValues(commandLine, "feature-gates").flatMap((value) => value.split(","))
    .findLast((setting) => setting.startsWith(`${gate}=`));
  if (flagged !== undefined) return flagged === `${gate}=true`;
  const values = layers.flatMap(({ fields: { featureGates } }) =>
    typeof featureGates === "object" && featureGates !== null ? [Reflect.get(featureGates, gate)] : []
  );
  return values.findLast((value) => typeof value === "boolean");
}

function known(policy: string, setBy: KubeletSource): MemoryManagerFact {
  return { kind: "known", policy, setBy };
}
