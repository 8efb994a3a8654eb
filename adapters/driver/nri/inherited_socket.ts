import { Socket } from "node:net";
import type { Connection } from "../../protocols/nri/mux/connection.ts";

/** A socket that the process was started with. */
export interface InheritedSocket extends Connection {
  /** Resolves when the descriptor is closed. */
  readonly closed: Promise<void>;
}

/** Adopts the socket that is open as a file descriptor, which belongs to the result from now on. */
export function inheritedSocket(descriptor: number): InheritedSocket {
  return new NodeSocket(new Socket({ fd: descriptor, readable: true, writable: true, allowHalfOpen: true }));
}

/** A socket of `node:net`, read piece by piece: it takes in no more than is asked for and its own buffer. */
class NodeSocket implements InheritedSocket {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest = new Uint8Array();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#pieces = socket[Symbol.asyncIterator]();
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    // Whoever reads or writes is told; a socket without a listener would end the process.
    socket.on("error", () => {});
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const piece = await this.#next();
      if (piece === undefined) return null;
      this.#rest = piece;
    }
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (cause) => {
        if (cause) reject(new Deno.errors.BrokenPipe("Cannot write to the runtime's socket", { cause }));
        else resolve(bytes.length);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next bytes; undefined when the peer or this side has closed. */
  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const { value, done } = await this.#pieces.next();
      return done ? undefined : new Uint8Array(value);
    } catch (error) {
      if (this.#socket.destroyed) return undefined;
      throw error;
    }
  }
}
