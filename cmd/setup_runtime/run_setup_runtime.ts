import { resolve } from "node:path";
import { activeService, installedVersion, restartService } from "../../adapters/operations/host/services.ts";
import { findRuntime, type FoundRuntime } from "../../adapters/operations/runtimes/find_runtime.ts";
import { planSetup, requireUsable } from "../../adapters/operations/runtimes/plan_setup.ts";
import { restartText } from "../../adapters/operations/runtimes/remedies.ts";
import type { RuntimeName } from "../../adapters/operations/runtimes/runtime_names.ts";
import { runtimes } from "../../adapters/operations/runtimes/runtimes.ts";
import type { ContainerRuntime } from "../../adapters/operations/runtimes/runtime.ts";
import type { SetupPlan } from "../../adapters/operations/runtimes/setup_plan.ts";
import { systemFiles } from "../../adapters/shared/files/config_files.ts";
import { readGivenText } from "../../adapters/shared/files/given_text.ts";
import { osReason } from "../../adapters/shared/files/os_reason.ts";
import { replaceFiles } from "../../adapters/shared/files/replace_files.ts";
import type { RuntimeVersion } from "../../core/operations/runtimes/runtime_version.ts";
import { unmetStates } from "../../core/operations/runtimes/setting.ts";
import { runtimeHints } from "../options/runtime_place.ts";
import type { SharedOptions } from "../options/shared_options.ts";
import { UsageError } from "../ui/fail.ts";
import { printLine, printText } from "../ui/output.ts";
import { carryOutUndo, requireNothingByHand, takesBack, tellUndo, undoOf } from "./undo_setup.ts";
import { changesTable, toleranceHint } from "./runtime_settings.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `setup-runtime`. */
export interface SetupRuntimeOptions extends Pick<SharedOptions, "procfsRoot" | "kubeletConfig"> {
  readonly check: boolean;
  readonly requirePlugin: boolean;
  readonly restart: boolean;
  /** Takes back what was set up, instead. */
  readonly undo: boolean;
  readonly runtimeVersion?: RuntimeVersion;
  /** Undefined to take the one that runs the runtime. */
  readonly service?: string;
}

/** Sets a runtime up, or shows what that would change. Throws {@link OperatorError} and {@link UsageError}. */
export async function runSetupRuntime(
  name: RuntimeName,
  place: string | undefined,
  options: SetupRuntimeOptions,
): Promise<void> {
  if (options.undo && options.requirePlugin) throw new UsageError("Cannot --require-plugin with --undo");
  if (place === "-") return await setUpText(runtimes[name], options);
  if (options.check && options.restart) {
    throw new UsageError("Cannot --restart with --check, which changes nothing");
  }
  const found = await find(name, place, options);
  if (options.undo) return await undo(found, options);
  const { program, runtime: { versionArguments } } = found;
  const version = options.runtimeVersion ?? await installedVersion(program, versionArguments);
  requireUsable(found.runtime, version);
  const plan = await planSetup(found, { requirePlugin: options.requirePlugin, version }, systemFiles);
  printLine(changesTable(plan.readings));
  if (options.check) return requireNothingToChange(plan);
  if (plan.edits.length === 0) return printLine("Nothing to change");
  // What is written and never counts would not be looked at again: a second run has nothing to change.
  const restart = await restarting(found, options);
  await write(plan, found);
  await restart();
  if (options.requirePlugin) printLine(toleranceHint(plan.readings));
}

async function find(
  runtime: RuntimeName,
  place: string | undefined,
  { procfsRoot, kubeletConfig }: SetupRuntimeOptions,
): Promise<FoundRuntime> {
  const hints = await runtimeHints({
    procfsRoot,
    runtime,
    ...kubeletConfig !== undefined && { kubeletConfig },
    ...place !== undefined && { runtimeConfig: resolve(place) },
  });
  const found = await findRuntime(hints, systemFiles);
  if (found.kind === "found") return found;
  const reason = found.kind === "unclear" ? found.reason : `there is no ${runtime}`;
  const remedy = place === undefined
    ? "name it behind the runtime"
    : "name the one that is there, or none to have it looked for";
  throw new OperatorError(`Cannot find the configuration of ${runtime}: ${reason} (${remedy})`);
}

/** Takes back what was set up, or says what that would change. */
async function undo(found: FoundRuntime, options: SetupRuntimeOptions): Promise<void> {
  const plan = await undoOf(found);
  if (options.check) {
    tellUndo(plan);
    requireNothingByHand(plan);
    if (takesBack(plan)) throw new OperatorError("There is something to take back");
    return printLine("Nothing to take back");
  }
  if (takesBack(plan)) {
    const restart = await restarting(found, options);
    await carryOutUndo(plan);
    await restart();
  }
  requireNothingByHand(plan);
  if (!takesBack(plan)) printLine("Nothing to take back");
}

/** Makes sure that the runtime can be restarted if it is to be, and resolves with what does that, or says how. */
async function restarting(found: FoundRuntime, options: SetupRuntimeOptions): Promise<() => Promise<void>> {
  const service = options.restart ? await activeService(servicesOf(found, options)) : undefined;
  return async () => {
    if (service === undefined) {
      const how = restartText({ ...found, services: given(found, options) });
      return printLine(`It counts once the runtime is restarted: ${how}`);
    }
    await restartService(service);
    printLine(`Restarted ${service}`);
  };
}

async function setUpText(runtime: ContainerRuntime, options: SetupRuntimeOptions): Promise<void> {
  const { planText } = runtime;
  if (planText === undefined) throw new UsageError("Cannot set up CRI-O by a text: it takes its directory");
  if (options.restart) throw new UsageError("Cannot --restart by a text: name the file");
  if (options.undo) throw new UsageError("Cannot --undo a text: name the file");
  requireUsable(runtime, options.runtimeVersion);
  const text = await readStdin();
  const wish = { requirePlugin: options.requirePlugin, version: options.runtimeVersion };
  const plan = await planText(text, "stdin", wish);
  if (!options.check) return void printText(plan.edits[0]?.text ?? text);
  printLine(changesTable(plan.readings));
  requireNothingToChange(plan);
}

function given(found: FoundRuntime, { service }: SetupRuntimeOptions): readonly string[] {
  return service === undefined ? found.services : [service];
}

function servicesOf(found: FoundRuntime, options: SetupRuntimeOptions): readonly [string, ...string[]] {
  const [first, ...others] = given(found, options);
  if (first !== undefined) return [first, ...others];
  throw new OperatorError(
    `Cannot restart the runtime of ${found.configuration}: which service runs it cannot be told (name it by --service)`,
  );
}

function requireNothingToChange({ readings }: SetupPlan): void {
  const count = unmetStates(readings).length;
  const all = Math.max(...readings.map(({ states }) => states.length));
  if (count > 0) throw new OperatorError(`${count} of ${all} settings are to be changed`);
}

async function write({ edits }: SetupPlan, { runtime, configuration }: FoundRuntime): Promise<void> {
  const suffix = `.${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}.bak`;
  const directory = runtime.backupDirectory(configuration);
  const replaced = await replaceFiles(edits, { suffix, ...directory !== undefined && { directory } });
  for (const { path, kept } of replaced) {
    printLine(kept === undefined ? `Wrote ${path}` : `Changed ${path} (it was ${kept})`);
  }
}

/** As of a file. */
const maxStdinBytes = 1 << 20;

async function readStdin(): Promise<string> {
  try {
    return await readGivenText("-", maxStdinBytes);
  } catch (cause) {
    throw new OperatorError(`Cannot read stdin: ${osReason(cause)}`, { cause });
  }
}
