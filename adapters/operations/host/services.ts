import { type CommandResult, HostCommandError, runOnHost } from "./host_commands.ts";
import {
  parseRuntimeVersion,
  type RuntimeVersion,
} from "../../../core/operations/runtimes/runtime_version.ts";

/** systemd gives a service 90 seconds to start unless its unit says otherwise. */
const restartMilliseconds = 120_000;
const answerMilliseconds = 10_000;

/** Runs a command on the host. */
export type HostCommand = (
  command: readonly [string, ...string[]],
  milliseconds: number,
) => Promise<CommandResult>;

/**
 * Makes sure that systemd can be asked to restart a service, before anything is done that wants it to be restarted.
 * Resolves with the one that runs, of those that may be there, or the first. Rejects with {@link HostCommandError}.
 */
export async function activeService(
  services: readonly [string, ...string[]],
  run: HostCommand = runOnHost,
): Promise<string> {
  const [first] = services;
  await restarting(first, run(["systemctl", "show", "--property=Version"], answerMilliseconds));
  if (services.length === 1) return first;
  const states = await run(["systemctl", "is-active", ...services], answerMilliseconds);
  const active = states.stdout.split("\n").findIndex((state) => state === "active");
  return services[active] ?? first;
}

/** Restarts a service of systemd and waits until it is ready. Rejects with {@link HostCommandError}. */
export async function restartService(service: string, run: HostCommand = runOnHost): Promise<void> {
  await restarting(service, run(["systemctl", "restart", service], restartMilliseconds));
}

async function restarting(service: string, asked: Promise<CommandResult>): Promise<void> {
  const remedy = "restart it by hand; a container has to be privileged, with hostPID and nsenter";
  try {
    const { code, stderr } = await asked;
    if (code === 0) return;
    const [reason = ""] = stderr.trim().split("\n");
    throw new HostCommandError(reason === "" ? `systemctl ended with ${code}` : reason);
  } catch (cause) {
    if (!(cause instanceof HostCommandError)) throw cause;
    throw new HostCommandError(`Cannot restart ${service}: ${cause.message} (${remedy})`, { cause });
  }
}

/**
 * The version that a runtime's program says, or undefined when it cannot be run or does not say. Where it has arguments by
 * which it says more, it is asked with those first.
 */
export async function installedVersion(
  program: string,
  versionArguments?: readonly string[],
  run: HostCommand = runOnHost,
): Promise<RuntimeVersion | undefined> {
  if (versionArguments !== undefined) {
    const detailed = await printedVersion([program, ...versionArguments], run);
    if (detailed !== undefined) return detailed;
  }
  return await printedVersion([program, "--version"], run);
}

async function printedVersion(
  command: readonly [string, ...string[]],
  run: HostCommand,
): Promise<RuntimeVersion | undefined> {
  try {
    const { code, stdout } = await run(command, answerMilliseconds);
    return code === 0 ? parseRuntimeVersion(stdout) : undefined;
  } catch (error) {
    if (error instanceof HostCommandError) return undefined;
    throw error;
  }
}
