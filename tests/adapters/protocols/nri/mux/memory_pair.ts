import type { Connection } from "../../../../../adapters/protocols/nri/mux/connection.ts";

/** How a pair of connections behaves; by default like sockets with plenty of room. */
export interface PairOptions {
  /** How many bytes one side may write before the other must read. */
  readonly capacityBytes?: number;
  /** How many bytes one read or write moves at most. */
  readonly pieceBytes?: number;
}

/** Two connections of which each reads what the other writes. */
export function memoryPair({ capacityBytes = 1 << 20, pieceBytes = 1 << 16 }: PairOptions = {}) {
  const [there, back] = [new Pipe(capacityBytes, pieceBytes), new Pipe(capacityBytes, pieceBytes)];
  return [new MemoryConnection(there, back), new MemoryConnection(back, there)] as const;
}

class MemoryConnection implements Connection {
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;

  constructor(incoming: Pipe, outgoing: Pipe) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Bytes that this side has written so far. */
  get writtenBytes(): number {
    return this.#outgoing.writtenBytes;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#incoming.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#outgoing.write(bytes);
  }

  async writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) written += await this.write(bytes.subarray(written));
  }

  close(): void {
    this.#incoming.abandon();
    this.#outgoing.finish();
  }
}

/** One direction. */
class Pipe {
  writtenBytes = 0;
  readonly #capacityBytes: number;
  readonly #pieceBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #heldBytes = 0;
  #finished = false;
  #abandoned = false;
  #waiting: (() => void)[] = [];

  constructor(capacityBytes: number, pieceBytes: number) {
    this.#capacityBytes = capacityBytes;
    this.#pieceBytes = pieceBytes;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      if (this.#abandoned) throw new Deno.errors.Interrupted("closed on this side");
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        const count = Math.min(piece.length, buffer.length, this.#pieceBytes);
        buffer.set(piece.subarray(0, count));
        if (count < piece.length) this.#pieces.unshift(piece.subarray(count));
        this.#heldBytes -= count;
        this.#changed();
        return count;
      }
      if (this.#finished) return null;
      await this.#change();
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (true) {
      if (this.#finished) throw new Deno.errors.BadResource("closed on this side");
      if (this.#abandoned) throw new Deno.errors.BrokenPipe("closed by the other side");
      const count = Math.min(bytes.length, this.#capacityBytes - this.#heldBytes, this.#pieceBytes);
      if (count > 0) {
        this.#pieces.push(bytes.slice(0, count));
        this.#heldBytes += count;
        this.writtenBytes += count;
        this.#changed();
        return count;
      }
      await this.#change();
    }
  }

  /** The writing side closes: what it wrote can still be read. */
  finish(): void {
    this.#finished = true;
    this.#changed();
  }

  /** The reading side closes: nothing can be written any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
