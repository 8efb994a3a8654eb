import { resolve } from "node:path";
import {
  planContainerd,
  planContainerdText,
} from "../../adapters/operations/runtimes/containerd/containerd_setup.ts";
import { planCrio } from "../../adapters/operations/runtimes/crio/crio_setup.ts";
import { ConfigFileError, systemFiles } from "../../adapters/shared/files/config_files.ts";
import { replaceFiles } from "../../adapters/shared/files/replace_files.ts";
import { HostCommandError } from "../../adapters/operations/host/host_commands.ts";
import { installedVersion, requireSystemd, restartService } from "../../adapters/operations/host/services.ts";
import type { SetupPlan } from "../../adapters/operations/runtimes/setup_plan.ts";
import { TomlError } from "../../adapters/shared/toml/toml_text.ts";
import { RuntimeConfigError } from "../../core/operations/runtimes/configuration.ts";
import type { RuntimeVersion } from "../../core/operations/runtimes/runtime_version.ts";
import { JobError, UsageError } from "../ui/fail.ts";
import { printLine, printText } from "../ui/output.ts";
import { changesTable, toleranceHint } from "./runtime_settings.ts";

/** A container runtime that can be set up. */
export type Runtime = "containerd" | "crio";

/** The flags of `setup-runtime`. */
export interface SetupRuntimeOptions {
  readonly check: boolean;
  readonly requirePlugin: boolean;
  readonly restart: boolean;
  readonly runtimeVersion?: RuntimeVersion;
}

const defaultPaths: Readonly<Record<Runtime, string>> = {
  containerd: "/etc/containerd/config.toml",
  crio: "/etc/crio",
};

/** Sets a runtime up, or shows what that would change. Throws {@link JobError} and {@link UsageError}. */
export async function runSetupRuntime(
  runtime: Runtime,
  place: string | undefined,
  options: SetupRuntimeOptions,
): Promise<void> {
  if (place === "-") return await setUpText(runtime, options);
  if (options.check && options.restart) {
    throw new UsageError("Cannot --restart with --check, which changes nothing");
  }
  const path = resolve(place ?? defaultPaths[runtime]);
  await failing(async () => {
    const plan = await planOf(runtime, path, options);
    printLine(changesTable(plan.states));
    if (options.check) return requireNothingToChange(plan);
    // What is written and never counts would not be looked at again: a second run has nothing to change.
    if (options.restart && plan.edits.length > 0) await requireSystemd(runtime);
    await write(plan, runtime, path);
    await restart(plan, runtime, options);
    if (plan.edits.length > 0 && options.requirePlugin) printLine(toleranceHint(plan.states));
  });
}

async function setUpText(runtime: Runtime, options: SetupRuntimeOptions): Promise<void> {
  if (runtime === "crio") throw new UsageError("Cannot set up CRI-O by a text: it takes its directory");
  if (options.restart) throw new UsageError("Cannot --restart by a text: name the file");
  await failing(async () => {
    const text = await readStdin();
    const plan = await planContainerdText(text, "stdin", wishOf("containerd", options));
    if (!options.check) return void printText(plan.edits[0]?.text ?? text);
    printLine(changesTable(plan.states));
    requireNothingToChange(plan);
  });
}

async function planOf(runtime: Runtime, path: string, options: SetupRuntimeOptions): Promise<SetupPlan> {
  const wish = wishOf(runtime, options);
  return runtime === "containerd"
    ? await planContainerd(path, wish, systemFiles)
    : await planCrio(path, wish, systemFiles);
}

/** The installed version is asked for once, and only if it matters. */
function wishOf(runtime: Runtime, { requirePlugin, runtimeVersion }: SetupRuntimeOptions) {
  let installed: Promise<RuntimeVersion | undefined> | undefined;
  return {
    requirePlugin,
    runtimeVersion: async () => runtimeVersion ?? await (installed ??= installedVersion(runtime)),
  };
}

function requireNothingToChange({ states }: SetupPlan): void {
  const count = states.filter(({ met }) => !met).length;
  if (count > 0) throw new JobError(`${count} of ${states.length} settings are to be changed`);
}

/** CRI-O reads every file of its drop-in directory, so that what is kept has to be elsewhere. */
async function write({ edits }: SetupPlan, runtime: Runtime, path: string): Promise<void> {
  const suffix = `.${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.bak`;
  const replaced = await replaceFiles(edits, { suffix, ...runtime === "crio" && { directory: path } });
  for (const { path, kept } of replaced) {
    printLine(kept === undefined ? `Wrote ${path}` : `Changed ${path} (it was ${kept})`);
  }
}

async function restart({ edits }: SetupPlan, runtime: Runtime, options: SetupRuntimeOptions): Promise<void> {
  if (edits.length === 0) return printLine("Nothing to change");
  if (!options.restart) {
    return printLine(`It counts once the runtime is restarted: systemctl restart ${runtime}`);
  }
  await restartService(runtime);
  printLine(`Restarted ${runtime}`);
}

async function readStdin(): Promise<string> {
  const bytes = await new Response(Deno.stdin.readable).bytes();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new JobError("Cannot read stdin: it is no UTF-8 text", { cause });
  }
}

async function failing(job: () => Promise<void>): Promise<void> {
  try {
    await job();
  } catch (cause) {
    const known = [TomlError, ConfigFileError, RuntimeConfigError, HostCommandError];
    if (!(cause instanceof Error) || !known.some((kind) => cause instanceof kind)) throw cause;
    throw new JobError(cause.message, { cause });
  }
}
