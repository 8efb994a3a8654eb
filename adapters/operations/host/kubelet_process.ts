import { join, resolve } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { ConfigFileError, type ConfigFiles, systemFiles } from "../../shared/files/config_files.ts";
import {
  type CommandLine,
  flagValue,
  flagValues,
  type Process,
  processesOf,
} from "../../shared/kernel_files/processes.ts";

/** The kubelet that runs, by itself or inside of another program. */
export interface RunningKubelet {
  /** As the kubelet's own would be. */
  readonly commandLine: CommandLine;
  /** The service that is restarted for it. */
  readonly service: string | undefined;
}

/** The programs that are a kubelet or have one in them, and how its command line is told from theirs. */
const programs: Readonly<
  Record<string, (process: Process, files: ConfigFiles) => Promise<CommandLine | undefined>>
> = {
  kubelet: withAbsolutePaths,
  kubelite: (process, files) => kubeletOfKubelite(process, files),
  k3s: (process, files) => kubeletOfK3s(process, files),
};

/**
 * Finds the kubelet: as a process of its own (kubeadm, RKE2, k0s), in MicroK8s's kubelite or in k3s. Undefined where
 * none is seen. Never rejects for what is there.
 */
export async function findKubelet(
  procfsRoot: string,
  files: ConfigFiles = systemFiles,
): Promise<RunningKubelet | undefined> {
  const found = await processesOf(Object.keys(programs), procfsRoot);
  for (const [name, kubeletOf] of Object.entries(programs)) {
    for (const process of found.filter((each) => each.name === name)) {
      const commandLine = await kubeletOf(process, files);
      if (commandLine !== undefined) return { commandLine, service: process.service };
    }
  }
  return undefined;
}

/** Flags of the kubelet that are read here and name a path. */
const pathFlag = /^--?(?:config|config-dir|root-dir)(?:=|$)/;

/** Relative paths begin at the directory that a process works in, or at the root, as services do, where nobody may see it. */
async function withAbsolutePaths({ commandLine, directory }: Process): Promise<CommandLine> {
  const workingDirectory = await linkOrNothing(`${directory}/cwd`) ?? "/";
  return commandLine.map((argument, index) => {
    const [flag] = pathFlag.exec(argument) ?? [];
    if (flag?.endsWith("=")) return flag + resolve(workingDirectory, argument.slice(flag.length));
    const [before] = pathFlag.exec(commandLine[index - 1] ?? "") ?? [];
    return before === undefined || before.endsWith("=") ? argument : resolve(workingDirectory, argument);
  });
}

async function linkOrNothing(path: string): Promise<string | undefined> {
  try {
    return await Deno.readLink(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw error;
  }
}

/** MicroK8s keeps the kubelet's flags in a file, one in a line. */
async function kubeletOfKubelite(
  { commandLine }: Process,
  files: ConfigFiles,
): Promise<CommandLine | undefined> {
  const path = flagValue(commandLine, "kubelet-args-file");
  const text = path === undefined ? undefined : await readOrNothing(path, files);
  if (text === undefined) return ["kubelet"];
  const data = /^(.*)\/args\/[^/]+$/.exec(path ?? "")?.[1] ?? "/var/snap/microk8s/current";
  const common = "/var/snap/microk8s/common";
  const flags = text.split("\n").map((line) => line.trim()).filter((line) => line.startsWith("-"))
    .map((line) => line.replace(/\$\{?SNAP_DATA\}?/g, data).replace(/\$\{?SNAP_COMMON\}?/g, common));
  return ["kubelet", ...flags];
}

/** k3s hides its flags in some of its releases; what its own configuration files say is left then, and its defaults. */
async function kubeletOfK3s({ commandLine }: Process, files: ConfigFiles): Promise<CommandLine | undefined> {
  const [, command] = commandLine;
  if (command !== "server" && command !== "agent") return undefined;
  const file = await k3sConfiguration(
    flagValue(commandLine, "config", "c") ?? "/etc/rancher/k3s/config.yaml",
    files,
  );
  const setting = (...names: [string, ...string[]]) =>
    flagValue(commandLine, ...names) ?? textOf(file[names[0]]);
  const data = setting("data-dir", "d") ?? "/var/lib/rancher/k3s";
  const endpoint = setting("container-runtime-endpoint") ?? "unix:///run/k3s/containerd/containerd.sock";
  const further = [...listOf(file["kubelet-arg"]), ...flagValues(commandLine, "kubelet-arg")]
    .map((argument) => `--${argument.replace(/^--/, "")}`);
  return [
    "kubelet",
    `--config-dir=${data}/agent/etc/kubelet.conf.d`,
    `--container-runtime-endpoint=${endpoint}`,
    ...further,
  ];
}

/**
 * The configuration file of k3s with the drop-ins beside it (`config.yaml.d/*.yaml`), each of which replaces what came
 * before, or adds to it where the key ends in `+` (docs.k3s.io, "Multiple Config Files").
 */
async function k3sConfiguration(
  path: string,
  files: ConfigFiles,
): Promise<Readonly<Record<string, unknown>>> {
  const directory = `${path}.d`;
  const dropIns = (await namesOrNothing(directory, files)).filter((name) => /\.ya?ml$/.test(name));
  const merged: Record<string, unknown> = {};
  for (const each of [path, ...dropIns.map((name) => join(directory, name))]) {
    for (const [key, value] of Object.entries(await yamlOrNothing(each, files))) {
      const name = key.replace(/\+$/, "");
      merged[name] = name === key ? value : [...listOf(merged[name]), ...listOf(value)];
    }
  }
  return merged;
}

async function namesOrNothing(directory: string, files: ConfigFiles): Promise<string[]> {
  try {
    return (await files.list(directory)).filter(({ isDirectory }) => !isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof ConfigFileError) return [];
    throw error;
  }
}

async function readOrNothing(path: string, files: ConfigFiles): Promise<string | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (error instanceof ConfigFileError) return undefined;
    throw error;
  }
}

async function yamlOrNothing(path: string, files: ConfigFiles): Promise<Readonly<Record<string, unknown>>> {
  const text = await readOrNothing(path, files);
  try {
    const fields: unknown = parse(text ?? "");
    return typeof fields === "object" && fields !== null ? { ...fields } : {};
  } catch (error) {
    if (error instanceof YAMLParseError) return {};
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function listOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === "string");
}
