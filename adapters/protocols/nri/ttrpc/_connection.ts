import type { ByteChannel } from "./byte_channel.ts";
import { type CloseReason, closeReasonOf } from "./close_reason.ts";
import { maxFrameBytes } from "./frame.ts";
import { FrameDecoder, type FrameSink } from "./frame_decoder.ts";

/** Frames waiting to be written, in bytes: a client sends no more, a server reads no more until it is less. */
const maxUnsentBytes = 4 * maxFrameBytes;
/** How many they may be: each small one takes a thousand bytes until it is written. */
const maxUnsentFrames = 4096;

const readBufferBytes = 64 * 1024;

/** Takes the frames of a connection, and its end, after which nothing comes. */
export interface ConnectionSink extends FrameSink {
  ended(reason: CloseReason): void;
}

/** What client and server have in common: the loop that reads, the frames on their way out, one end. */
export class TtrpcConnection {
  /** Resolves when the connection has ended and nothing of it runs any more. Never rejects. */
  readonly closed: Promise<CloseReason>;

  readonly #channel: ByteChannel;
  readonly #sink: ConnectionSink;
  readonly #decoder: FrameDecoder;
  readonly #resolveClosed: (reason: CloseReason) => void;
  #started = false;
  #reason: CloseReason | undefined;
  #unsentBytes = 0;
  #unsentFrames = 0;
  #resume: (() => void) | undefined;

  constructor(channel: ByteChannel, sink: ConnectionSink) {
    this.#channel = channel;
    this.#sink = sink;
    this.#decoder = new FrameDecoder(sink);
    ({ promise: this.closed, resolve: this.#resolveClosed } = Promise.withResolvers<CloseReason>());
  }

  /** Why the connection ended; undefined while it lives. */
  get reason(): CloseReason | undefined {
    return this.#reason;
  }

  /** Whether a frame of this length may be sent without exceeding {@link maxUnsentBytes} or {@link maxUnsentFrames}. */
  hasRoomFor(frameBytes: number): boolean {
    return this.#unsentFrames < maxUnsentFrames && this.#unsentBytes + frameBytes <= maxUnsentBytes;
  }

  start(): void {
    if (this.#started || this.#reason !== undefined) return;
    this.#started = true;
    this.#run().then(this.#resolveClosed);
  }

  /** Sends a whole frame after those sent before. A failure ends the connection. */
  send(frame: Uint8Array): void {
    this.#unsentBytes += frame.length;
    this.#unsentFrames++;
    this.#channel.write(frame).then(
      () => {
        this.#unsentBytes -= frame.length;
        this.#unsentFrames--;
        if (!this.#isFull) this.#resume?.();
      },
      (error) => this.#end(closeReasonOf(error, this.#decoder.insideFrame)),
    );
  }

  close(): Promise<CloseReason> {
    this.#end({ kind: "closed-here" });
    return this.closed;
  }

  async #run(): Promise<CloseReason> {
    const buffer = new Uint8Array(readBufferBytes);
    while (this.#reason === undefined) {
      try {
        const count = await this.#channel.read(buffer);
        if (this.#reason !== undefined) break;
        if (count === null) return this.#end({ kind: "peer-closed", insideFrame: this.#decoder.insideFrame });
        this.#decoder.push(buffer.subarray(0, count));
      } catch (error) {
        return this.#end(closeReasonOf(error, this.#decoder.insideFrame));
      }
      if (this.#isFull) await this.#drained();
    }
    return this.#reason;
  }

  get #isFull(): boolean {
    return this.#unsentBytes > maxUnsentBytes || this.#unsentFrames > maxUnsentFrames;
  }

  /** Waits until the peer has read enough of what was sent, or the connection has ended. */
  async #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#resume = resolve;
    await promise;
    this.#resume = undefined;
  }

  /** Ends the connection; the first reason counts. */
  #end(reason: CloseReason): CloseReason {
    if (this.#reason !== undefined) return this.#reason;
    this.#reason = reason;
    this.#channel.close();
    this.#resume?.();
    this.#sink.ended(reason);
    if (!this.#started) this.#resolveClosed(reason);
    return reason;
  }
}
