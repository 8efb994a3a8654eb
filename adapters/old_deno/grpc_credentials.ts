import { CallCredentials, ChannelCredentials, type experimental } from "@grpc/grpc-js";
import { overTcp } from "./unix_over_tcp.ts";

/**
 * No credentials at all, but the place where a channel lets its connections be replaced: the unix socket that
 * grpc-js has dialled gives way to a TCP socket before another one, dialled by the runtime itself. The first cannot
 * be used even for copying: node:net of Deno up to 2.7.13 loses bytes of large messages there.
 */
export class OverTcpCredentials extends ChannelCredentials {
  readonly #path: string;
  readonly #backoffMilliseconds: number;
  readonly #connections = new Set<Promise<void>>();
  /** When grpc-js may next try to connect, in milliseconds since 1970. */
  #backoffEnd = 0;
  #closed = false;

  /** The path is where the channel connects to; the backoff the longest that it can be configured to make. */
  constructor(path: string, backoffMilliseconds: number) {
    super();
    this.#path = path;
    this.#backoffMilliseconds = backoffMilliseconds;
  }

  override _isSecure(): boolean {
    return false;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): experimental.SecureConnector {
    return {
      waitForReady: () => {
        this.#backoffEnd = Date.now() + this.#backoffMilliseconds;
        return this.#closed ? Promise.reject(new Error("The channel is closed")) : Promise.resolve();
      },
      connect: async (dialled) => {
        dialled.on("error", () => dialled.destroy());
        dialled.destroy();
        const { socket, closed } = await overTcp(await Deno.connect({ transport: "unix", path: this.#path }));
        const gone = closed.finally(() => this.#connections.delete(gone));
        this.#connections.add(gone);
        this.#backoffEnd = 0;
        return { socket, secure: false };
      },
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => {
        this.#closed = true;
      },
    };
  }

  /**
   * Once the channel is closed: resolves when its connections and timers are gone. A closed channel whose last
   * attempt failed makes another one all the same, which is told no.
   */
  async gone(): Promise<void> {
    await Promise.all(this.#connections);
    for (let wait = this.#wait(); wait > 0; wait = this.#wait()) {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #wait(): number {
    return this.#backoffEnd - Date.now();
  }
}
