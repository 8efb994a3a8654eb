import { normalize } from "node:path";
import type { ConfigLayer } from "../../../core/operations/runtimes/configuration.ts";
import { ConfigFileError, type ConfigFiles } from "../../shared/files/config_files.ts";
import {
  type CommandLine,
  type Process,
  processesOf,
  withFlagVariables,
} from "../../shared/kernel_files/processes.ts";
import { type Distribution, distributionOf, distributions } from "./distributions.ts";
import type { ContainerRuntime } from "./runtime.ts";
import type { RuntimeName } from "./runtime_names.ts";
import { runtimes } from "./runtimes.ts";

/** What is known of a node's runtime before it is looked at. */
export interface RuntimeHints {
  /** The one that was named. */
  readonly runtime: RuntimeName | undefined;
  /** The configuration that was named. */
  readonly configuration: string | undefined;
  /** The socket that the kubelet is set up with, or its default; undefined where no kubelet is seen. */
  readonly endpoint: string | undefined;
  readonly procfsRoot: string;
}

/** The runtime of a node, and where its things are. */
export interface FoundRuntime {
  readonly kind: "found";
  readonly runtime: ContainerRuntime;
  readonly configuration: string;
  /** How it was started, flags of its environment included; absent where it is not seen to run. */
  readonly commandLine?: CommandLine;
  /** What its flags set over all files; absent where they set nothing, or it is not seen to run. */
  readonly flags?: ConfigLayer;
  readonly distribution: Distribution | undefined;
  /** The services of which one is to be restarted; none where that cannot be told. */
  readonly services: readonly string[];
  /** What tells its version when it is run with `--version`. */
  readonly program: string;
}

/** What came of looking for a runtime. */
export type RuntimeSearch =
  | FoundRuntime
  /** There is more than one, or something that is not known; the reason says what to name. */
  | { readonly kind: "unclear"; readonly reason: string }
  | { readonly kind: "none" };

/**
 * Finds the runtime that the kubelet uses and its configuration: what was named, or what serves the kubelet's endpoint,
 * or the one that runs, or the one that has a configuration. Every command goes by this, so that what one of them
 * judges is what the other changes. Never rejects for what is there.
 */
export async function findRuntime(hints: RuntimeHints, files: ConfigFiles): Promise<RuntimeSearch> {
  const names = Object.values(runtimes).map(({ name }) => name);
  const processes = await runningRuntimes(hints.procfsRoot);
  const endpoint = hints.endpoint === undefined ? undefined : socketPath(hints.endpoint);
  const served = Object.values<ContainerRuntime>(runtimes).find((runtime) => runtime.serves(endpoint ?? ""));
  if (hints.runtime === undefined && endpoint !== undefined && served === undefined) {
    return unclear(`the kubelet uses ${endpoint}, which is none of ${names.join(", ")}`);
  }
  const runtime = hints.runtime === undefined
    ? served ?? runtimeOf(processes) ?? configuredBy(hints.configuration) ?? await configured(files)
    : runtimes[hints.runtime];
  if (runtime === undefined) return { kind: "none" };
  const own = processes.filter(({ name }) => name === runtime.name);
  const where = hints.configuration === undefined
    ? await placeOf(runtime, own, served === runtime ? endpoint : undefined, files)
    : await namedPlace(hints.configuration, runtime, own, files);
  return "kind" in where ? where : await found(runtime, where, files);
}

async function runningRuntimes(procfsRoot: string): Promise<Process[]> {
  const known = new Map<string, ContainerRuntime>(Object.entries(runtimes));
  const processes = await processesOf([...known.keys()], procfsRoot);
  return await Promise.all(processes.map((process) => {
    const variables = known.get(process.name)?.flagVariables;
    return variables === undefined ? process : withFlagVariables(process, variables);
  }));
}

interface Place {
  readonly configuration: string;
  readonly process: Process | undefined;
}

async function placeOf(
  runtime: ContainerRuntime,
  processes: readonly Process[],
  endpoint: string | undefined,
  files: ConfigFiles,
): Promise<Place | Extract<RuntimeSearch, { kind: "unclear" }>> {
  const serving = await Promise.all(processes.map(async (process) => ({
    process,
    configuration: runtime.configurationOf(process.commandLine),
    socket: socketPath(await runtime.socketOf(process.commandLine, files)),
  })));
  const [only, ...others] = endpoint === undefined
    ? serving
    : serving.filter(({ socket }) => socket === endpoint);
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const all = serving.map(({ configuration }) => configuration).join(", ");
    return unclear(
      `more than one ${runtime.name} runs, with ${all}, and which one the kubelet uses cannot be told`,
    );
  }
  const usual = {
    configuration: runtime.usualConfiguration,
    socket: socketPath(await runtime.socketOf([], files)),
  };
  const known = [usual, ...distributions.filter((each) => each.runtime === runtime.name)]
    .filter(({ socket }) => endpoint === undefined || socket === endpoint);
  const configurations = [...new Set(known.map(({ configuration }) => configuration))];
  const there = await Promise.all(configurations.map((configuration) => isThere(configuration, files)));
  const [configuration = configurations[0], ...further] = configurations.filter((_, index) => there[index]);
  if (configuration !== undefined && further.length === 0) return { configuration, process: undefined };
  if (configuration !== undefined) {
    return unclear(
      `there are ${[configuration, ...further].join(" and ")}, and which one the kubelet uses cannot be told`,
    );
  }
  return unclear(`no ${runtime.name} is seen that serves ${endpoint}, which the kubelet uses`);
}

/**
 * A first configuration is looked for where a runtime reads one. Elsewhere one that is not there is taken for a slip of the
 * pen: what is judged or written there would count nowhere.
 */
async function namedPlace(
  configuration: string,
  runtime: ContainerRuntime,
  processes: readonly Process[],
  files: ConfigFiles,
): Promise<Place | Extract<RuntimeSearch, { kind: "unclear" }>> {
  const process = startedWith(configuration, runtime, processes);
  const distributed = distributions.filter((each) => each.runtime === runtime.name);
  const known = [runtime.usualConfiguration, ...distributed.map((each) => each.configuration)];
  const parts = runtime.partsOf(configuration);
  const there = await Promise.all(parts.map((path) => isThere(path, files)));
  if (process !== undefined || known.includes(normalize(configuration)) || there.includes(true)) {
    return { configuration, process };
  }
  return unclear(
    `there is ${
      parts.map((path) => `no ${path}`).join(" and ")
    }, and no ${runtime.name} is seen that was started with it`,
  );
}

function startedWith(configuration: string, runtime: ContainerRuntime, processes: readonly Process[]) {
  return processes.find(({ commandLine }) =>
    normalize(runtime.configurationOf(commandLine)) === normalize(configuration)
  );
}

async function found(
  runtime: ContainerRuntime,
  { configuration, process }: Place,
  files: ConfigFiles,
): Promise<FoundRuntime> {
  const program = process?.commandLine[0];
  const distribution = distributionOf(process?.service, configuration, program, await operatingSystem(files));
  const flags = process === undefined ? undefined : runtime.flagsOf?.(process.commandLine);
  const isUsual = configuration === runtime.usualConfiguration;
  return {
    kind: "found",
    runtime,
    configuration,
    ...(process === undefined ? {} : { commandLine: process.commandLine }),
    ...(flags === undefined ? {} : { flags }),
    distribution,
    services: process?.service !== undefined
      ? [process.service]
      : distribution?.services ?? (isUsual ? [runtime.name] : []),
    program: process === undefined
      ? distribution?.program ?? runtime.name
      : program?.startsWith("/")
      ? program
      : `${process.directory}/exe`,
  };
}

function runtimeOf(processes: readonly Process[]): ContainerRuntime | undefined {
  return Object.values<ContainerRuntime>(runtimes).toReversed()
    .find(({ name }) => processes.some((process) => process.name === name));
}

/** A configuration that was named tells whose it is: that of containerd is a file. */
function configuredBy(configuration: string | undefined): ContainerRuntime | undefined {
  return configuration?.endsWith(".toml") ? runtimes.containerd : undefined;
}

async function configured(files: ConfigFiles): Promise<ContainerRuntime | undefined> {
  for (const runtime of Object.values<ContainerRuntime>(runtimes).toReversed()) {
    if (await hasEntries(runtime.directory, files)) return runtime;
  }
  for (const { runtime, configuration } of distributions) {
    if (await isThere(configuration, files)) return runtimes[runtime];
  }
  return undefined;
}

/** `ID` of os-release(5), for systems whose files are their own. */
async function operatingSystem(files: ConfigFiles): Promise<string | undefined> {
  try {
    const [, id] = /^ID="?([^"\n]+)"?$/m.exec(await files.read("/etc/os-release") ?? "") ?? [];
    return id;
  } catch (error) {
    if (error instanceof ConfigFileError) return undefined;
    throw error;
  }
}

async function isThere(path: string, files: ConfigFiles): Promise<boolean> {
  try {
    return await files.read(path) !== undefined;
  } catch (error) {
    if (error instanceof ConfigFileError) return true;
    throw error;
  }
}

/** A directory that may not be read is one. */
async function hasEntries(directory: string, files: ConfigFiles): Promise<boolean> {
  try {
    return (await files.list(directory)).length > 0;
  } catch (error) {
    if (error instanceof ConfigFileError) return true;
    throw error;
  }
}

/** An endpoint as a path, `/var/run` being a link to `/run` wherever there is a systemd. */
function socketPath(endpoint: string): string {
  return normalize(endpoint.replace(/^unix:(\/\/)?/, "")).replace(/^\/var\/run\//, "/run/");
}

function unclear(reason: string): Extract<RuntimeSearch, { kind: "unclear" }> {
  return { kind: "unclear", reason };
}
