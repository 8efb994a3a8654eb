import { join } from "node:path";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command cannot be run on the host. The message says why and what helps. */
export class HostCommandError extends OperatorError {
  override name = "HostCommandError";
}

/**
 * Runs a command on the host: as it is, or from a container in the namespaces of process 1, which takes the host's
 * process namespace (`hostPID: true`), a privileged container and `nsenter` in it. Without the first a container's
 * process 1 is its own, without the second it is not to be looked at, and the command runs in the container.
 *
 * Rejects with {@link HostCommandError} when it cannot be started or takes longer than the given time.
 */
export async function runOnHost(
  command: readonly [string, ...string[]],
  milliseconds: number,
  procfsRoot = "/proc",
): Promise<CommandResult> {
  const line = await isOnHost(procfsRoot) ? command : [...enterHost, ...command] as const;
  const [program, ...args] = line;
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null", signal })
      .output();
    if (signal.aborted) throw new HostCommandError(`Cannot wait for ${command.join(" ")} any longer`);
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (cause) {
    if (cause instanceof HostCommandError) throw cause;
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.PermissionDenied) {
      throw new HostCommandError(`Cannot run ${program}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

/** The host's root directory, hostname, sockets and network; its process namespace is the caller's already. */
const enterHost = ["nsenter", "--target", "1", "--mount", "--uts", "--ipc", "--net", "--"] as const;

/** Whether process 1 has the same files as this one, as far as can be told. */
async function isOnHost(procfsRoot: string): Promise<boolean> {
  const namespaceOf = (process: string) => Deno.readLink(join(procfsRoot, process, "ns/mnt"));
  try {
    return await namespaceOf("self") === await namespaceOf("1");
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return true;
    throw error;
  }
}
