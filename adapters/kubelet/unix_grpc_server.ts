import { Server, ServerCredentials } from "@grpc/grpc-js";
import { dateAnswers } from "../old_deno/grpc_date.ts";
import { http2NeedsTcp } from "../old_deno/grpc_probe.ts";
import type { ConnectionHandlers } from "./unix_listener.ts";
import { UnixSocket } from "./unix_socket.ts";

/** The largest message in either direction: far above what any node's claims come to, far below what hurts. */
const maxMessageBytes = 16 * 1024 * 1024;

/** A gRPC server on one unix socket, for peers on the same machine. */
export class UnixGrpcServer {
  readonly #path: string;
  readonly #handlers: ConnectionHandlers;
  readonly #server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.enable_channelz": 0,
    interceptors: http2NeedsTcp() ? [dateAnswers] : [],
  });
  #socket: UnixSocket | undefined;
  /** Sockets that lost their file, as long as somebody is connected through them. */
  readonly #orphans = new Set<Promise<void>>();

  /** `onError` is told of connections that were lost before they could be served. */
  constructor(path: string, addServices: (server: Server) => void, onError: (error: Error) => void) {
    this.#path = path;
    addServices(this.#server);
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#handlers = { onConnection: (socket) => injector.injectConnection(socket), onError };
  }

  /** Begins to answer. Throws `UnixSocketError`. */
  async start(): Promise<void> {
    this.#socket = await UnixSocket.bind(this.#path, this.#handlers);
  }

  /**
   * Binds again when the socket's file is gone, and says whether it had to. Connections through the former socket
   * go on. A file that a newer instance has put there is left to that. Throws `UnixSocketError`.
   */
  async restore(): Promise<boolean> {
    const former = this.#socket;
    if (former === undefined || await former.occupant() !== "nothing") return false;
    this.#socket = await UnixSocket.bind(this.#path, this.#handlers);
    await former.withdraw();
    const gone = former.gone().finally(() => this.#orphans.delete(gone));
    this.#orphans.add(gone);
    return true;
  }

  /** Removes the socket and accepts nothing more; what is connected is still served. Throws `UnixSocketError`. */
  async withdraw(): Promise<void> {
    await this.#socket?.withdraw();
  }

  /** Lets the running calls finish for so long, refuses new ones, then ends every connection. Needs {@link withdraw}. */
  async stop(graceMilliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMilliseconds);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#server.forceShutdown();
    await this.#socket?.gone();
    await Promise.all(this.#orphans);
    this.#socket = undefined;
  }
}
