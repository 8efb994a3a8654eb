/**
 * The sockets in the kubelet's plugin directory: by path, with something that differs when another socket is there
 * under the same name. Names that begin with a dot are passed over. Empty when there is no such directory.
 */
export async function pluginSockets(directory: string): Promise<Map<string, string>> {
  const sockets = new Map<string, string>();
  try {
    for await (const { name } of Deno.readDir(directory)) {
      const path = `${directory}/${name}`;
      const identity = name.startsWith(".") ? undefined : await socketIdentity(path);
      if (identity !== undefined) sockets.set(path, identity);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return sockets;
}

/** Tells one socket at a path from the next; undefined when there is none. */
export async function socketIdentity(path: string): Promise<string | undefined> {
  try {
    const { isSocket, dev, ino, ctime } = await Deno.lstat(path);
    return isSocket ? `${dev}:${ino}:${ctime?.getTime()}` : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
