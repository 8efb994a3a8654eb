import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Duplex } from "node:stream";
import { type Listen, UnixSocket } from "../../shared/sockets/unix_socket.ts";
import { type ConnectionHandlers, listenUnix } from "./unix_listener.ts";

/** The largest request: a pod's claims, 180 of them with the longest names that there are and 400 with usual ones. */
const maxRequestBytes = 64 * 1024;
/** What gRPC's clients take unless told otherwise, and so the kubelet. */
const maxAnswerBytes = 4 * 1024 * 1024;
/**
 * Calls through one connection at a time: one for each pod of the largest nodes, since the kubelet has one connection for
 * all, and a call that waits for another one's end does so unseen.
 */
const maxCalls = 512;

type ConnectionInjector = ReturnType<Server["createConnectionInjector"]>;

/** A gRPC server on one unix socket, for peers on the same machine. */
export class UnixGrpcServer {
  readonly #path: string;
  readonly #listen: Listen;
  readonly #server = new Server({
    "grpc.max_receive_message_length": maxRequestBytes,
    "grpc.max_send_message_length": maxAnswerBytes,
    "grpc.max_concurrent_streams": maxCalls,
    "grpc.enable_channelz": 0,
  });
  readonly #injector: ConnectionInjector;
  #socket: UnixSocket | undefined;
  /** Sockets that lost their file, as long as somebody is connected through them. */
  readonly #orphans = new Set<Promise<void>>();

  constructor(
    path: string,
    addServices: (server: Server) => void,
    observer: Pick<ConnectionHandlers, "onError" | "onThrown"> & { onConnection(): void },
  ) {
    this.#path = path;
    addServices(this.#server);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const handlers = {
      onConnection: (connection: Duplex) => {
        observer.onConnection();
        this.#injector.injectConnection(connection);
      },
      onError: (error: Error) => observer.onError(error),
      onThrown: (error: unknown) => observer.onThrown(error),
    };
    this.#listen = (path) => listenUnix(path, handlers);
  }

  /** Begins to answer. Throws `UnixSocketError`. */
  async start(): Promise<void> {
    this.#socket = await UnixSocket.bind(this.#path, this.#listen);
  }

  /**
   * Binds again when the socket's file is gone, and says whether it had to. Connections through the former socket
   * go on. A file that a newer instance has put there is left to that. Throws `UnixSocketError`.
   */
  async restore(): Promise<boolean> {
    const former = this.#socket;
    if (former === undefined || former.occupant() !== "nothing") return false;
    this.#socket = await UnixSocket.bind(this.#path, this.#listen);
    await former.withdraw();
    const gone = former.gone().finally(() => this.#orphans.delete(gone));
    this.#orphans.add(gone);
    return true;
  }

  /** Removes the socket and accepts nothing more; what is connected is still served. Throws `UnixSocketError`. */
  async withdraw(): Promise<void> {
    await this.#socket?.withdraw();
  }

  /**
   * Refuses new calls, lets the running ones finish for so long, then ends every connection. Takes it that
   * {@link withdraw} was called.
   */
  async stop(graceMilliseconds: number): Promise<void> {
    const timer = setTimeout(() => this.#injector.drain(0), graceMilliseconds);
    // It may call back while calls are running: only the connections' end is the end.
    const refusing = new Promise((resolve) => this.#server.tryShutdown(resolve));
    await Promise.all([refusing, this.#socket?.gone(), ...this.#orphans]);
    clearTimeout(timer);
    this.#socket = undefined;
  }
}
