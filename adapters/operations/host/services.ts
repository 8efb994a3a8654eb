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
 * Rejects with {@link HostCommandError}.
 */
export async function requireSystemd(service: string, run: HostCommand = runOnHost): Promise<void> {
  await restarting(service, run(["systemctl", "show", "--property=Version"], answerMilliseconds));
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

/** The version of an installed runtime, or undefined when it cannot be run or does not say. */
export async function installedVersion(
  runtime: "containerd" | "crio",
  run: HostCommand = runOnHost,
): Promise<RuntimeVersion | undefined> {
  try {
    const { code, stdout } = await run([runtime, "--version"], answerMilliseconds);
    return code === 0 ? parseRuntimeVersion(stdout) : undefined;
  } catch (error) {
    if (error instanceof HostCommandError) return undefined;
    throw error;
  }
}
