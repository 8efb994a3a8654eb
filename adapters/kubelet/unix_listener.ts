import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { http2NeedsTcp } from "../old_deno/grpc_probe.ts";
import { listenOverTcp } from "../old_deno/unix_listener.ts";

/** What a listener reports. */
export interface ConnectionHandlers {
  /** A connection that node:http2 can serve. */
  onConnection(socket: Socket): void;
  /** A connection was lost before it could be served; the listener goes on. */
  onError(error: Error): void;
}

/** A listening socket. */
export interface Listener {
  /** Accepts nothing more from now on. Resolves when its connections are gone as well; it does not end them. */
  close(): Promise<void>;
}

/** Listens on a unix socket at a path where nothing is yet. Throws what the runtime throws when it cannot. */
export async function listenUnix(path: string, handlers: ConnectionHandlers): Promise<Listener> {
  if (http2NeedsTcp()) return listenOverTcp(path, handlers);
  const server = createServer(handlers.onConnection);
  server.listen(path);
  await once(server, "listening");
  server.on("error", handlers.onError);
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}
