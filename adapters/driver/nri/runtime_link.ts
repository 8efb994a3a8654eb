import { inheritedSocket } from "./inherited_socket.ts";
import { osReason } from "../../shared/files/os_reason.ts";
import type { Connection } from "../../protocols/nri/mux/connection.ts";

/** How the plugin gets to its runtime. */
export interface RuntimeLink {
  /** What messages call it. */
  readonly name: string;
  /** Whether it can be dialed again once a connection has ended. */
  readonly again: boolean;
  dial(): Promise<Connection>;
}

/** The runtime's socket, for a plugin that connects by itself. */
export function runtimeSocket(path: string): RuntimeLink {
  return { name: path, again: true, dial: () => dial(path) };
}

/** Says which socket it is about, and what helps: Deno names no path. */
async function dial(path: string): Promise<Connection> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const remedy = cause instanceof Deno.errors.NotFound
      ? "is the runtime running, and NRI on in it? dramemory validate tells; --nri-socket names another one"
      : "restart the container runtime; only root may connect";
    throw new Error(`Cannot connect to the runtime at ${path}: ${osReason(cause)} (${remedy})`, { cause });
  }
}

/** The connection that a runtime gives to a plugin which it starts (NRI, `NRI_PLUGIN_SOCKET`). */
export function inheritedConnection(descriptor: number): RuntimeLink {
  return {
    name: `file descriptor ${descriptor}`,
    again: false,
    dial: async () => {
      // Whatever else has this number belongs to this process's own runtime, and must not be written to or closed.
      const target = await Deno.readLink(`/proc/self/fd/${descriptor}`).catch(() => "nothing");
      if (target.startsWith("socket:")) return inheritedSocket(descriptor);
      throw new Error(`Cannot use file descriptor ${descriptor}: it is no socket (see NRI_PLUGIN_SOCKET)`);
    },
  };
}
