import { once } from "node:events";
import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import { withoutGoaway } from "../../shared/deno_workarounds/goaway_filter.ts";
import type { Listener } from "../../shared/sockets/unix_socket.ts";

/** What a listener reports. */
export interface ConnectionHandlers {
  /** A connection that node:http2 can serve. */
  onConnection(connection: Duplex): void;
  /** A connection was lost before it could be served; the listener goes on. */
  onError(error: Error): void;
}

/** Listens on a unix socket; closing it does not end its connections. See `Listen`. */
export async function listenUnix(path: string, handlers: ConnectionHandlers): Promise<Listener> {
  const server = createServer((socket) => handlers.onConnection(withoutGoaway(socket)));
  server.listen(path);
  await once(server, "listening");
  server.on("error", handlers.onError);
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}
