import { basename, dirname, join } from "node:path";
import { removeIfThere } from "../../shared/files/remove_if_there.ts";
import type { SocketPaths } from "./socket_path.ts";

/**
 * Removes the sockets of other instances of the driver that ended without the time to do so themselves. During
 * rolling updates each instance's sockets have the names of its pod, which no later one takes over. The kubelet holds
 * on to a plugin for as long as there is its registration socket: it dials the dead instance every five seconds, and
 * sends claims to it whenever the living one is away for a moment.
 *
 * A socket counts as abandoned when nobody listens at it; instances put theirs in place only once they listen. One
 * whose name does not begin with the driver's may belong to anybody and stays.
 */
export async function removeAbandonedSockets(driver: string, paths: SocketPaths): Promise<void> {
  await removeIn(paths.registration, (name) => name.startsWith(`${driver}-`) && name.endsWith("-reg.sock"));
  await removeIn(paths.dra, (name) => name.startsWith("dra") && name.endsWith(".sock"));
}

/** Looks at the sockets beside one's own. */
async function removeIn(own: string, isOfDriver: (name: string) => boolean): Promise<void> {
  const directory = dirname(own);
  for await (const { name } of Deno.readDir(directory)) {
    if (name === basename(own) || !isOfDriver(name)) continue;
    const path = join(directory, name);
    if (await isAbandoned(path)) await removeIfThere(path);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return (await Deno.lstat(path)).isSocket === true;
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
