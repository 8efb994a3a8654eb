import { join } from "node:path";

const socketName = /^status(?:-[A-Za-z0-9-]{1,63})?\.sock$/;

/** Whether a file of this name is a driver's socket. */
export function isStatusSocket(name: string): boolean {
  return socketName.test(name);
}

/** The socket of the driver, or of one of several instances that share the node during an update. */
export function statusSocketPath(directory: string, instance: string | undefined): string {
  return join(directory, instance === undefined ? "status.sock" : `status-${instance}.sock`);
}

/** The sockets that are in a directory, by name. Rejects with Deno's errors. */
export async function statusSockets(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.filter(({ name, isSymlink }) => isStatusSocket(name) && !isSymlink)
    .map(({ name }) => join(directory, name)).sort();
}
