import { once } from "node:events";
import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import { GuardedConnection } from "./guarded_connection.ts";
import type { Listener } from "../../shared/sockets/unix_socket.ts";

/** What a listener reports. */
export interface ConnectionHandlers {
  /** A connection that node:http2 can serve. */
  onConnection(connection: Duplex): void;
  /** A connection was lost before it could be served; the listener goes on. */
  onError(error: Error): void;
  /** A connection was ended because of what its handler threw. */
  onThrown(error: unknown): void;
}

/** Listens on a unix socket; closing it does not end its connections. See `Listen`. */
export async function listenUnix(path: string, handlers: ConnectionHandlers): Promise<Listener> {
  const server = createServer((socket) => {
    const connection = new GuardedConnection(socket, handlers.onThrown);
    try {
      handlers.onConnection(connection);
    } catch (error) {
      handlers.onThrown(error);
      connection.destroy();
    }
  });
  server.listen(path);
  await once(server, "listening");
  server.on("error", handlers.onError);
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}
