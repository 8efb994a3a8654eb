import type { ConnectionHandlers } from "../../driver/kubelet/unix_listener.ts";
import type { Listener } from "../sockets/unix_socket.ts";
import { overTcp } from "./unix_over_tcp.ts";

const retryMilliseconds = 100;

/**
 * Listens on a unix socket and hands out each connection as a TCP socket, for node:http2 of Deno up to 2.7.13
 * (see {@link http2NeedsTcp}). Throws what `Deno.listen` throws.
 */
export function listenOverTcp(path: string, { onConnection, onError }: ConnectionHandlers): Listener {
  const listener = Deno.listen({ transport: "unix", path });
  const connections = new Set<Promise<void>>();
  let closing = false;

  async function acceptAll(): Promise<void> {
    while (!closing) {
      try {
        const { socket, closed } = await overTcp(await listener.accept());
        const gone = closed.finally(() => connections.delete(gone));
        connections.add(gone);
        onConnection(socket);
      } catch (error) {
        if (closing) break;
        onError(new Error(`Cannot accept a connection at ${path}`, { cause: error }));
        await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
      }
    }
    await Promise.all(connections);
  }

  const done = acceptAll();
  return {
    close() {
      closing = true;
      listener.close();
      return done;
    },
  };
}
