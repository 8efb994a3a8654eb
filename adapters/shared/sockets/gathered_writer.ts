import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";

/** What is gathered before its writer has to wait until it is sent. */
const maxGatheredBytes = 64 * 1024;

type Done = (error?: Error | null) => void;

/**
 * Writes to a stream once in a turn of the event loop what came in many pieces: one system call and one waking of the
 * peer for an answer of gRPC, instead of one each for its header, its message and its end.
 */
export class GatheredWriter {
  readonly #stream: Writable;
  readonly #gathered: Buffer[] = [];
  #bytes = 0;
  #waiting: Done | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Takes a piece. `done` is called when there is room for the next one: at once, unless the peer reads too slowly. */
  write(piece: Buffer, done: Done): void {
    this.#gathered.push(piece);
    this.#bytes += piece.length;
    if (this.#gathered.length === 1) setImmediate(() => this.flush());
    if (this.#bytes < maxGatheredBytes && !this.#stream.writableNeedDrain) done();
    else this.#waiting = done;
  }

  /** Sends what was gathered so far. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const [first] = this.#gathered;
    const all = this.#gathered.length === 1 && first ? first : Buffer.concat(this.#gathered, this.#bytes);
    this.#gathered.length = 0;
    this.#bytes = 0;
    const done = this.#waiting;
    this.#waiting = undefined;
    this.#stream.write(all, done);
  }
}
