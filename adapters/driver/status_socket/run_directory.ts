import { join } from "node:path";
import { isStatusSocket } from "../../protocols/status/status_sockets.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** The directory of the driver's sockets cannot be used. */
export class RunDirectoryError extends OperatorError {
  override name = "RunDirectoryError";
}

/** What a socket is called until it listens, see `UnixSocket`. */
const passingName = /^\.[a-z0-9]{7}$/;

/**
 * Makes the directory, for its owner alone (0700), and clears it of the sockets of instances that were killed.
 *
 * One that is there already, as what the kubelet makes for a volume, is closed to others when it is this user's and
 * holds nothing but the driver's sockets: it could be a directory that others need. Rejects with
 * {@link RunDirectoryError}.
 */
export async function prepareRunDirectory(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await requirePrivate(directory);
    for await (const { name } of Deno.readDir(directory)) {
      if (isSocketName(name)) await removeIfDead(join(directory, name));
    }
  } catch (cause) {
    if (cause instanceof RunDirectoryError || !(cause instanceof Error)) throw cause;
    throw new RunDirectoryError(`Cannot use ${directory} (--run-dir): ${cause.message}`, { cause });
  }
}

async function requirePrivate(directory: string): Promise<void> {
  const { isDirectory, uid, mode } = await Deno.lstat(directory);
  const refuse = (reason: string) => {
    throw new RunDirectoryError(
      `Cannot use ${directory} (--run-dir): ${reason} (name a directory for the driver alone)`,
    );
  };
  if (!isDirectory) refuse("it is no directory");
  if (uid !== Deno.uid()) refuse("it belongs to another user");
  if (((mode ?? 0) & 0o077) === 0) return;
  for await (const { name } of Deno.readDir(directory)) {
    if (!isSocketName(name)) refuse(`others may look into it, and ${name} in it is not the driver's`);
  }
  await Deno.chmod(directory, 0o700);
}

function isSocketName(name: string): boolean {
  return isStatusSocket(name) || passingName.test(name);
}

/** Nobody listens at a socket that refuses connections, and nobody will: an instance listens before it shows one. */
async function removeIfDead(path: string): Promise<void> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) await Deno.remove(path);
    else if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
