import type { ByteChannel } from "../ttrpc/byte_channel.ts";
import { type CloseReason, ConnectionClosedError } from "../ttrpc/close_reason.ts";
import { ByteQueue } from "./_byte_queue.ts";
import { maxPayloadBytes } from "./frame.ts";

/** How many unread bytes of a channel are too many, so that the multiplexer reads no more for now. */
export const maxUnreadBytes = 256 * 1024;

/** What a channel asks of its multiplexer. */
export interface ChannelOwner {
  write(channelId: number, bytes: Uint8Array): Promise<void>;
  /** The channel was closed on this side. */
  released(channelId: number): void;
}

interface Reader {
  readonly buffer: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: Error) => void;
}

/** One of the streams that share the connection. */
export class MuxChannel implements ByteChannel {
  readonly #id: number;
  readonly #owner: ChannelOwner;
  readonly #unread = new ByteQueue();
  #reader: Reader | undefined;
  #reason: CloseReason | undefined;
  #onRoom: (() => void) | undefined;

  constructor(id: number, owner: ChannelOwner) {
    this.#id = id;
    this.#owner = owner;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#reader !== undefined) {
      throw new Error(`Cannot read channel ${this.#id}: another read is waiting`);
    }
    if (this.#unread.length > 0) {
      const count = this.#unread.take(buffer);
      if (this.#unread.length <= maxUnreadBytes) this.#onRoom?.();
      return count;
    }
    if (this.#reason !== undefined) return this.#endOfStream(this.#reason);
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#reader = { buffer, resolve, reject };
    return await promise;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#reason !== undefined) throw this.writeError(this.#reason);
    if (bytes.length > maxPayloadBytes) {
      const text =
        `Cannot write ${bytes.length} bytes to channel ${this.#id}: ${maxPayloadBytes} are allowed at once`;
      throw new RangeError(text);
    }
    await this.#owner.write(this.#id, bytes);
  }

  close(): void {
    if (this.#reason !== undefined) return;
    this.end({ kind: "closed-here" });
    this.#owner.released(this.#id);
  }

  /** Takes the next bytes of the stream, which may be overwritten afterwards. */
  deliver(bytes: Uint8Array): void {
    const reader = this.#reader;
    if (reader === undefined) {
      this.#unread.push(bytes);
      return;
    }
    const count = Math.min(bytes.length, reader.buffer.length);
    reader.buffer.set(bytes.subarray(0, count));
    if (count < bytes.length) this.#unread.push(bytes.subarray(count));
    this.#reader = undefined;
    reader.resolve(count);
  }

  /** Waits until there are no more than {@link maxUnreadBytes} unread, or nobody will read them. */
  async untilRoom(): Promise<void> {
    if (this.#unread.length <= maxUnreadBytes || this.#reason !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onRoom = resolve;
    await promise;
    this.#onRoom = undefined;
  }

  /** Ends the stream. What the peer sent before it closed can still be read. */
  end(reason: CloseReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    if (reason.kind === "closed-here") this.#unread.clear();
    this.#onRoom?.();
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) this.#endOfStream(reason).then(reader.resolve, reader.reject);
  }

  /** The error of a write that is not carried out any more. */
  writeError(reason: CloseReason): ConnectionClosedError {
    return new ConnectionClosedError(`Cannot write to channel ${this.#id}`, reason);
  }

  /** What a read finds behind the last byte. */
  async #endOfStream(reason: CloseReason): Promise<null> {
    if (reason.kind === "peer-closed" && !reason.insideFrame) return await null;
    throw new ConnectionClosedError(`Cannot read channel ${this.#id}`, reason);
  }
}
