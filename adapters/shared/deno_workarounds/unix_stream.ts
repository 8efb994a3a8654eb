import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

const readBytes = 16 * 1024;
/** What is gathered before its writer has to wait until it is sent. */
const maxGatheredBytes = 64 * 1024;

/** So many turns of the event loop node:http2 takes from the begin of an answer of gRPC to its end. */
const gatheredTurns = 3;

/**
 * A connection of `Deno.listen` as a stream, in place of a socket of node:net.
 *
 * - Symptom: node:net closes the descriptor of each connection that it accepted at a unix socket twice. By the second
 *   time it can be that of a file which another thread has just opened: its reads and writes fail with EBADF, or go to
 *   the file that is opened next.
 * - Versions: 2.9.4 and 2.9.5; no more in 2.9.6.
 * - Upstream: https://github.com/denoland/deno/pull/36353
 * - Remove when: the pinned Deno closes it once, which `still_needed_test.ts` tells.
 *
 * It writes once in a turn of the event loop what came in many pieces: one system call and one waking of the peer for an
 * answer of gRPC, instead of one each for its header, its message and its end.
 */
export class UnixStream extends Duplex {
  readonly #connection: Deno.Conn;
  readonly #buffer = new Uint8Array(readBytes);
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  /** Settles when all that was gathered is sent. */
  #sending: Promise<void> | undefined;

  /** The connection belongs to the stream from now on. */
  constructor(connection: Deno.Conn) {
    super({ allowHalfOpen: false });
    this.#connection = connection;
  }

  /** What is handed on of bytes that the peer sent: all of them. */
  protected handedOn(chunk: Buffer): readonly Buffer[] {
    return [chunk];
  }

  override _read(): void {
    this.#readOn().catch((error) => this.destroy(error));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    this.#sending ??= this.#sendAll().catch((error) => void this.destroy(error));
    if (this.#gatheredBytes < maxGatheredBytes) done();
    else this.#sending.then(done);
  }

  /** A peer that has gone already needs no goodbye. */
  override _final(done: () => void): void {
    Promise.resolve(this.#sending).then(() => this.#connection.closeWrite()).then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }

  async #readOn(): Promise<void> {
    let parts: readonly Buffer[] = [];
    while (parts.length === 0) {
      const count = await this.#connection.read(this.#buffer);
      if (count === null) return void this.push(null);
      parts = this.handedOn(Buffer.from(this.#buffer.subarray(0, count)));
    }
    for (const part of parts) this.push(part);
  }

  async #sendAll(): Promise<void> {
    for (let turn = 0; turn < gatheredTurns; turn++) await nextTurn();
    while (this.#gathered.length > 0) {
      const [first] = this.#gathered;
      let rest = this.#gathered.length === 1 && first
        ? first
        : Buffer.concat(this.#gathered, this.#gatheredBytes);
      this.#gathered = [];
      this.#gatheredBytes = 0;
      while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
    }
    this.#sending = undefined;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
