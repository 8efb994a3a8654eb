import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

const readBytes = 16 * 1024;

/**
 * A connection of `Deno.listen` as a stream, in place of a socket of node:net.
 *
 * - Symptom: node:net closes the descriptor of each connection that it accepted at a unix socket twice. By the second
 *   time it can be that of a file which another thread has just opened: its reads and writes fail with EBADF, or go to
 *   the file that is opened next.
 * - Versions: 2.9.4 and 2.9.5; no more in 2.9.6.
 * - Upstream: https://github.com/denoland/deno/pull/36353
 * - Remove when: the pinned Deno closes it once, which `still_needed_test.ts` tells.
 */
export class UnixStream extends Duplex {
  readonly #connection: Deno.Conn;
  readonly #buffer = new Uint8Array(readBytes);

  /** The connection belongs to the stream from now on. */
  constructor(connection: Deno.Conn) {
    super({ allowHalfOpen: false });
    this.#connection = connection;
  }

  override _read(): void {
    this.#connection.read(this.#buffer).then((count) => {
      this.push(count === null ? null : Buffer.from(this.#buffer.subarray(0, count)));
    }).catch((error) => this.destroy(error));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  /** A peer that has gone already needs no goodbye. */
  override _final(done: () => void): void {
    this.#connection.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }
}
