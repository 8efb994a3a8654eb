/** Passes connections on to a server and counts the bytes, TLS and all. */
export class CountingProxy {
  /** What the clients sent to the server, and got from it. */
  readonly bytes = { sent: 0, received: 0 };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  readonly #open = new Set<Deno.Conn>();

  /** `target` is a port of this machine. */
  constructor(target: number) {
    this.#target = target;
    this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  close(): void {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      client.setNoDelay(true);
      server.setNoDelay(true);
      this.#open.add(client).add(server);
      const both = [
        this.#pass(client, server, (count) => this.bytes.sent += count),
        this.#pass(server, client, (count) => this.bytes.received += count),
      ];
      Promise.race(both).finally(() => {
        for (const connection of [client, server]) {
          this.#open.delete(connection);
          close(connection);
        }
      });
    }
  }

  /** Until either side has gone, in whichever way. */
  async #pass(from: Deno.Conn, to: Deno.Conn, count: (bytes: number) => void): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        count(read);
        for (let written = 0; written < read;) written += await to.write(buffer.subarray(written, read));
      }
    } catch {
      // A connection that broke is one that has ended.
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
