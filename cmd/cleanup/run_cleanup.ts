import { podDirectories } from "../../adapters/driver/cgroup/pod_directories.ts";
import { checkpointedClaims } from "../../adapters/operations/claims/checkpointed_claims.ts";
import {
  type DriverPlaces,
  findLeftovers,
  hugepagesUnit,
  removeLeftover,
} from "../../adapters/operations/cleanup/leftovers.ts";
import { findKubelet } from "../../adapters/operations/host/kubelet_process.ts";
import { findRuntime } from "../../adapters/operations/runtimes/find_runtime.ts";
import { undoCommand } from "../../adapters/operations/runtimes/remedies.ts";
import { ConfigFileError, systemFiles } from "../../adapters/shared/files/config_files.ts";
import { isFromSystem, osReasonAt } from "../../adapters/shared/files/os_reason.ts";
import { TomlError } from "../../adapters/shared/toml/toml_text.ts";
import { readBootId } from "../../adapters/shared/kernel_files/boot_id.ts";
import { flagValue } from "../../adapters/shared/kernel_files/processes.ts";
import { RuntimeConfigError } from "../../core/operations/runtimes/configuration.ts";
import { cgroupPlace } from "../options/cgroup_place.ts";
import { runtimeHints } from "../options/runtime_place.ts";
import { type SharedOptions, usualPlaces } from "../options/shared_options.ts";
import { takesBack, undoOf } from "../setup_runtime/undo_setup.ts";
import { OperatorError } from "../../core/values/operator_error.ts";
import { printLine } from "../ui/output.ts";

/** The flags of `cleanup`. */
export interface CleanupOptions extends
  Pick<
    SharedOptions,
    "runDir" | "cdiDir" | "cgroupMount" | "procfsRoot" | "kubeletConfig" | "runtime" | "runtimeConfig"
  > {
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Undefined to take the one that the kubelet was started with. */
  readonly kubeletRoot: string | undefined;
}

/** Removes what a driver left here, or says what that would be. Throws {@link OperatorError}. */
export async function runCleanup(options: CleanupOptions): Promise<void> {
  const kubelet = (await findKubelet(options.procfsRoot))?.commandLine ?? [];
  const kubeletRoot = options.kubeletRoot ?? flagValue(kubelet, "root-dir") ?? usualPlaces.kubeletRoot;
  const places = { ...options, kubeletRoot };
  const { paths, living } = await failing(findLeftovers(places));
  const [alive] = living;
  if (alive !== undefined) {
    throw new OperatorError(
      `Cannot clean up: a driver runs here, and listens at ${alive} (uninstall it first)`,
    );
  }
  if (!options.force) await requireNoClaims(options);
  for (const path of paths) {
    if (options.dryRun) printLine(`Would remove ${path}`);
    else await remove(path, places);
  }
  if (paths.length === 0) {
    printLine(`Nothing of a driver is left in ${kubeletRoot}, ${options.cdiDir} and ${options.runDir}`);
  }
  for (const line of await leftForPeople(options)) printLine(line);
}

async function remove(path: string, places: DriverPlaces): Promise<void> {
  const isGone = await failing(removeLeftover(path, places));
  printLine(isGone ? `Removed ${path}` : `Left ${path}: there is something in it that is not the driver's`);
}

/** Without the driver, containers of pods that have claims could not start anew, and nobody could give these back. */
async function requireNoClaims(options: CleanupOptions): Promise<void> {
  const { claims } = await failing(
    checkpointedClaims(options.cdiDir, await failing(readBootId(options.procfsRoot))),
  );
  if (claims.length === 0) return;
  const pods = await failing(podDirectories(await cgroupPlace(options)));
  const held = claims.find(({ pod }) => pods.has(pod.uid));
  if (held === undefined) return;
  const { reference, pod } = held;
  throw new OperatorError(
    `Cannot clean up: the pod ${pod.namespace}/${pod.name} is here, and has the claim ${reference.name} ` +
      "(remove the pods that have claims first, or --force)",
  );
}

/** What other commands take back, and how. */
async function leftForPeople(options: CleanupOptions): Promise<string[]> {
  const unit = await hugepagesUnit();
  const runtime = await runtimeRemedy(options);
  return [
    ...unit === undefined
      ? []
      : [`Left ${unit}: systemctl disable --now dramemory-hugepages.service, and remove it`],
    ...runtime === undefined ? [] : [runtime],
  ];
}

async function runtimeRemedy(options: CleanupOptions): Promise<string | undefined> {
  const untold = "Cannot tell whether the runtime's configuration still has what the driver needs of it";
  try {
    const found = await findRuntime(await runtimeHints(options), systemFiles);
    if (found.kind === "unclear") return `${untold}: ${found.reason} (see --runtime and --runtime-config)`;
    if (found.kind === "none" || !takesBack(await undoOf(found))) return undefined;
    return `Left in the runtime's configuration what the driver needs of it: ${undoCommand(found)}`;
  } catch (error) {
    const known = [ConfigFileError, TomlError, RuntimeConfigError].some((kind) => error instanceof kind);
    if (!known || !(error instanceof Error)) throw error;
    return `${untold}: ${error.message}`;
  }
}

async function failing<T>(looking: Promise<T>): Promise<T> {
  try {
    return await looking;
  } catch (cause) {
    if (cause instanceof OperatorError) {
      throw new OperatorError(`Cannot clean up: ${cause.message}`, { cause });
    }
    if (!isFromSystem(cause)) throw cause;
    const remedy = cause instanceof Deno.errors.PermissionDenied
      ? "run it as root"
      : "see --help for where things are looked for";
    throw new OperatorError(`Cannot clean up: ${osReasonAt(cause)} (${remedy})`, { cause });
  }
}
