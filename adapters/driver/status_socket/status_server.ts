import { type Answer, text } from "../../shared/http/answer.ts";
import { HttpServer } from "../../shared/http/http_server.ts";
import { UnixSocket } from "../../shared/sockets/unix_socket.ts";
import { statusSocketPath } from "../../protocols/status/status_sockets.ts";
import { prepareRunDirectory } from "./run_directory.ts";
import { formatStatus, type InstanceStatus } from "../../protocols/status/status_document.ts";

/** What a {@link StatusServer} gives out. */
export interface StatusServerOptions {
  /** The directory of the socket, which is made. */
  readonly directory: string;
  /** Tells instances apart that share the node; undefined where there is one alone. */
  readonly instance: string | undefined;
  readonly status: () => InstanceStatus | Promise<InstanceStatus>;
  /** The last lines of the log, the oldest first. */
  readonly lastLines: () => readonly string[];
}

/**
 * Tells root on this node how the driver is doing: `/status` and `/logs` over HTTP on a unix socket that only its
 * user can reach (0600, in a directory of mode 0700).
 */
export class StatusServer {
  readonly #options: StatusServerOptions;
  readonly #server = new HttpServer((path) => this.#answer(path));
  #socket: UnixSocket | undefined;

  constructor(options: StatusServerOptions) {
    this.#options = options;
  }

  /** Rejects with `RunDirectoryError` and `UnixSocketError`; nothing is left behind then. */
  async start(): Promise<void> {
    const { directory, instance } = this.#options;
    await prepareRunDirectory(directory);
    const listen = (path: string) => {
      this.#server.serve(Deno.listen({ transport: "unix", path }));
      return Promise.resolve({ close: () => this.#server.stop() });
    };
    this.#socket = await UnixSocket.bind(statusSocketPath(directory, instance), listen, 0o600);
  }

  /** Removes the socket and ends every connection. Rejects with `UnixSocketError` when it cannot be removed. */
  async stop(): Promise<void> {
    await this.#socket?.withdraw();
    await this.#socket?.gone();
  }

  async #answer(path: string): Promise<Answer> {
    const { status, lastLines } = this.#options;
    switch (path) {
      case "/status":
        return { status: 200, contentType: "application/json", body: formatStatus(await status()) };
      case "/logs":
        return text(200, lastLines().join("\n"));
      default:
        return text(404, "There are /status and /logs.");
    }
  }
}
