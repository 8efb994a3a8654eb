import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listener } from "../../shared/sockets/unix_socket.ts";
import { GuardedConnection } from "./guarded_connection.ts";

/** What a listener reports. */
export interface ConnectionHandlers {
  /** A connection that node:http2 can serve. */
  onConnection(connection: Duplex): void;
  /** A connection was lost before it could be served; the listener goes on. */
  onError(error: Error): void;
  /** A connection was ended because of what its handler threw. */
  onThrown(error: unknown): void;
}

/** After a connection could not be accepted, as when the process has no file descriptors left. */
const acceptPauseMilliseconds = 200;

/** Listens on a unix socket; closing it does not end its connections. See `Listen`. Rejects with what `Deno.listen` throws. */
// deno-lint-ignore require-await -- what Deno.listen throws is a rejection, as of every `Listen`
export async function listenUnix(path: string, handlers: ConnectionHandlers): Promise<Listener> {
  return new UnixListener(Deno.listen({ transport: "unix", path }), handlers);
}

class UnixListener implements Listener {
  readonly #listener: Deno.UnixListener;
  readonly #handlers: ConnectionHandlers;
  readonly #accepting: Promise<void>;
  /** The end of each connection that is open. */
  readonly #ends = new Set<Promise<void>>();
  #isClosed = false;

  constructor(listener: Deno.UnixListener, handlers: ConnectionHandlers) {
    this.#listener = listener;
    this.#handlers = handlers;
    this.#accepting = this.#accept();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#ends);
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#begin(await this.#listener.accept());
      } catch (error) {
        if (this.#isClosed) return;
        this.#handlers.onError(error instanceof Error ? error : new Error(String(error)));
        await sleep(acceptPauseMilliseconds);
      }
    }
  }

  #begin(accepted: Deno.Conn): void {
    const connection = new GuardedConnection(accepted, this.#handlers.onThrown);
    const end = new Promise<void>((resolve) => connection.once("close", resolve))
      .finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    try {
      this.#handlers.onConnection(connection);
    } catch (error) {
      this.#handlers.onThrown(error);
      connection.destroy();
    }
  }
}
