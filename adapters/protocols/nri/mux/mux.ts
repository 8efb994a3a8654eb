import type { ByteChannel } from "../ttrpc/byte_channel.ts";
import { type CloseReason, closeReasonOf, ConnectionClosedError } from "../ttrpc/close_reason.ts";
import { MuxChannel } from "./_channel.ts";
import { MuxFrameWriter } from "./_frame_writer.ts";
import type { Connection } from "./connection.ts";
import { MuxFrameDecoder, MuxProtocolError } from "./frame_decoder.ts";

const readBufferBytes = 64 * 1024;
const maxChannelId = 2 ** 32 - 1;

/**
 * The NRI multiplexer: several streams of bytes over one connection.
 *
 * Opening a channel sends nothing: both sides know the ids. What arrives for an id that is not open is dropped,
 * so the channels are opened before {@link start}.
 *
 * Memory stays bounded, for a price: when one channel has more than 256 KiB unread, nothing is read for any of
 * them until it has less. So who reads a channel must not make its next read wait for something that arrives
 * on another. The ttrpc client always reads; the server stops only while the peer does not take its answers.
 */
export class Mux {
  /** Resolves when the connection has ended and is read no more. Never rejects. */
  readonly closed: Promise<CloseReason>;

  readonly #connection: Connection;
  readonly #channels = new Map<number, MuxChannel>();
  readonly #writer: MuxFrameWriter;
  readonly #decoder: MuxFrameDecoder;
  readonly #resolveClosed: (reason: CloseReason) => void;
  #started = false;
  #reason: CloseReason | undefined;

  /** The connection belongs to the multiplexer from now on. */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#decoder = new MuxFrameDecoder((id, bytes) => this.#channels.get(id)?.deliver(bytes));
    this.#writer = new MuxFrameWriter(connection, (error) => this.#fail(error));
    ({ promise: this.closed, resolve: this.#resolveClosed } = Promise.withResolvers<CloseReason>());
  }

  /**
   * Opens the channel of an id, 1 to 2³²−1. Each write to it must be one whole ttrpc frame: the runtime's Go side
   * can only read frames that are cut where ttrpc's are.
   *
   * Throws RangeError for an id that cannot be, Error for one that is open already, and
   * {@link ConnectionClosedError}.
   */
  open(id: number): ByteChannel {
    if (!Number.isInteger(id) || id < 1 || id > maxChannelId) {
      throw new RangeError(`Cannot open channel ${id}`);
    }
    if (this.#reason !== undefined) {
      throw new ConnectionClosedError(`Cannot open channel ${id}`, this.#reason);
    }
    if (this.#channels.has(id)) throw new Error(`Cannot open channel ${id}: it is open already`);
    const channel = new MuxChannel(id, {
      write: (channelId, bytes) => this.#writer.write(channelId, bytes),
      released: (channelId) => this.#release(channelId),
    });
    this.#channels.set(id, channel);
    return channel;
  }

  /** Begins to read. */
  start(): void {
    if (this.#started || this.#reason !== undefined) return;
    this.#started = true;
    this.#run().then(this.#resolveClosed);
  }

  /** Closes the connection and with it every channel. Idempotent; resolves as {@link closed}. */
  close(): Promise<CloseReason> {
    this.#end({ kind: "closed-here" });
    return this.closed;
  }

  async #run(): Promise<CloseReason> {
    const buffer = new Uint8Array(readBufferBytes);
    while (this.#reason === undefined) {
      try {
        const count = await this.#connection.read(buffer);
        if (count === null) return this.#end({ kind: "peer-closed", insideFrame: this.#decoder.insideFrame });
        this.#decoder.push(buffer.subarray(0, count));
      } catch (error) {
        return this.#fail(error);
      }
      for (const channel of this.#channels.values()) await channel.untilRoom();
    }
    return this.#reason;
  }

  #fail(error: unknown): CloseReason {
    if (error instanceof MuxProtocolError) return this.#end({ kind: "protocol-error", error });
    return this.#end(closeReasonOf(error, this.#decoder.insideFrame));
  }

  /** Ends everything; the first reason counts. */
  #end(reason: CloseReason): CloseReason {
    if (this.#reason !== undefined) return this.#reason;
    this.#reason = reason;
    this.#connection.close();
    for (const channel of this.#channels.values()) channel.end(reason);
    this.#writer.dropAll((id) => new ConnectionClosedError(`Cannot write to channel ${id}`, reason));
    if (!this.#started) this.#resolveClosed(reason);
    return reason;
  }

  #release(channelId: number): void {
    this.#channels.delete(channelId);
    const reason: CloseReason = { kind: "closed-here" };
    this.#writer.drop(channelId, new ConnectionClosedError(`Cannot write to channel ${channelId}`, reason));
  }
}
