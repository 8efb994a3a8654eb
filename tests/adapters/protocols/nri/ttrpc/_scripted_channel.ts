import type { ByteChannel } from "../../../../../adapters/protocols/nri/ttrpc/byte_channel.ts";
import { ConnectionClosedError } from "../../../../../adapters/protocols/nri/ttrpc/close_reason.ts";
import { bytes, hex } from "./bytes.ts";

/** A channel whose other side is the test: it decides which bytes arrive, and sees what was written. */
export class ScriptedChannel implements ByteChannel {
  readonly #arriving: Uint8Array[] = [];
  readonly #written: Uint8Array[] = [];
  readonly #held: (() => void)[] = [];
  #holding = false;
  #ended = false;
  #closed = false;
  #wakeReader = () => {};
  #wakeTest = () => {};

  /** Pieces that were fed and not read yet. */
  get unread(): number {
    return this.#arriving.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Lets bytes, given as hexadecimal digits or as they are, arrive in one piece. */
  feed(piece: string | Uint8Array): void {
    this.#arriving.push(typeof piece === "string" ? bytes(piece) : piece);
    this.#wakeReader();
  }

  /** Lets the peer close after what was fed. */
  end(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  /** Lets writes wait until {@link release}, as if the peer did not read. */
  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }

  /** Waits for so many writes and takes them, as hexadecimal digits. */
  async written(count: number): Promise<string[]> {
    while (this.#written.length < count) await new Promise<void>((resolve) => this.#wakeTest = resolve);
    return this.#written.splice(0, count).map((write) => hex(write));
  }

  /** How many writes there are that {@link written} has not taken. */
  get writes(): number {
    return this.#written.length;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      if (this.#closed) throw new ConnectionClosedError("Cannot read", { kind: "closed-here" });
      const piece = this.#arriving.shift();
      if (piece !== undefined) {
        buffer.set(piece.subarray(0, buffer.length));
        if (piece.length > buffer.length) this.#arriving.unshift(piece.subarray(buffer.length));
        return Math.min(piece.length, buffer.length);
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
  }

  async write(written: Uint8Array): Promise<void> {
    if (this.#closed) throw new ConnectionClosedError("Cannot write", { kind: "closed-here" });
    this.#written.push(written.slice());
    this.#wakeTest();
    if (this.#holding) await new Promise<void>((resolve) => this.#held.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#wakeReader();
  }
}
