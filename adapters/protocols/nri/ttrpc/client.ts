import { Request, Response } from "../generated/ttrpc.ts";
import { TtrpcConnection } from "./_connection.ts";
import { cancelled, deadlineExceeded, PendingCall } from "./_pending_call.ts";
import type { ByteChannel } from "./byte_channel.ts";
import { type CloseReason, ConnectionClosedError } from "./close_reason.ts";
import {
  encodeMessage,
  type Frame,
  type FrameHeader,
  frameHeaderBytes,
  frameType,
  maxMessageBytes,
  writeFrameHeader,
} from "./frame.ts";
import { statusCode, TtrpcError } from "./status.ts";

/** How long a call may take. */
export interface CallOptions {
  /** The deadline, from now; more than 24 days count as 24 days. */
  readonly timeoutMilliseconds: number;
  /** Gives the call up earlier. ttrpc has no message for that: the peer goes on and its answer is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** The longest delay that a timer takes. */
const maxTimeoutMilliseconds = 2 ** 31 - 1;

/** The calling side of a ttrpc connection, for unary calls. */
export class TtrpcClient {
  readonly #connection: TtrpcConnection;
  readonly #pending = new Map<number, PendingCall>();
  #nextStreamId = 1;

  constructor(channel: ByteChannel) {
    this.#connection = new TtrpcConnection(channel, {
      frame: (frame) => this.#receive(frame),
      oversized: (header) => this.#receiveOversized(header),
      ended: (reason) => this.#failAll(reason),
    });
  }

  /** Resolves when the started client has seen the connection end, or was closed. Never rejects. */
  get closed(): Promise<CloseReason> {
    return this.#connection.closed;
  }

  /** Begins to read answers. */
  start(): void {
    this.#connection.start();
  }

  /** Closes the channel; outstanding calls reject. Idempotent; resolves as {@link closed}. */
  close(): Promise<CloseReason> {
    return this.#connection.close();
  }

  /**
   * Calls a method and resolves with the payload of its answer. Answers may come in any order.
   *
   * Rejects with {@link TtrpcError}: the status of the answer; `deadlineExceeded` or `cancelled` when this side
   * gave up; `resourceExhausted` when request or answer is too large, or too much waits to be sent; `internal`
   * when the answer cannot be understood. Rejects with {@link ConnectionClosedError} when the connection ended
   * first: the peer may then have carried out the call.
   */
  async call(
    service: string,
    method: string,
    payload: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    const name = `${service}/${method}`;
    const timeoutMilliseconds = Math.min(options.timeoutMilliseconds, maxTimeoutMilliseconds);
    if (this.#connection.reason !== undefined) {
      throw new ConnectionClosedError(`Cannot call ${name}`, this.#connection.reason);
    }
    if (options.signal?.aborted) throw cancelled(name, options.signal);
    if (!(timeoutMilliseconds > 0)) throw deadlineExceeded(name, timeoutMilliseconds);
    const timeoutNano = BigInt(Math.ceil(timeoutMilliseconds * 1e6));
    const frame = encodeMessage(Request, { service, method, payload, timeoutNano, metadata: [] });
    this.#refuseExcess(name, frame.length);

    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    writeFrameHeader(frame, streamId, frameType.request);
    const call = new PendingCall(
      name,
      timeoutMilliseconds,
      options.signal,
      (error) => this.#take(streamId)?.reject(error),
    );
    this.#pending.set(streamId, call);
    this.#connection.send(frame);
    return await call.response;
  }

  #refuseExcess(name: string, frameBytes: number): void {
    const messageBytes = frameBytes - frameHeaderBytes;
    if (messageBytes > maxMessageBytes) {
      const text =
        `Cannot call ${name}: the request has ${messageBytes} bytes, ${maxMessageBytes} are allowed`;
      throw new TtrpcError(statusCode.resourceExhausted, text);
    }
    if (!this.#connection.hasRoomFor(frameBytes)) {
      const text = `Cannot call ${name}: the peer does not read, too many requests wait to be sent`;
      throw new TtrpcError(statusCode.resourceExhausted, text);
    }
  }

  #receive({ streamId, type, message }: Frame): void {
    if (type === frameType.response) {
      const call = this.#take(streamId);
      if (call !== undefined) settle(call, message);
    } else if (type === frameType.data) {
      this.#take(streamId)?.reject(
        new TtrpcError(
          statusCode.internal,
          `Cannot understand the answer on stream ${streamId}: it is a stream`,
        ),
      );
    }
  }

  #receiveOversized({ streamId, messageBytes }: FrameHeader): void {
    const text = `Cannot take the answer: it has ${messageBytes} bytes, ${maxMessageBytes} are allowed`;
    this.#take(streamId)?.reject(new TtrpcError(statusCode.resourceExhausted, text));
  }

  #failAll(reason: CloseReason): void {
    for (const call of this.#pending.values()) {
      call.reject(new ConnectionClosedError(`Cannot call ${call.name}`, reason));
    }
    this.#pending.clear();
  }

  /** The call that waits on a stream, which then waits no longer; undefined for a late or unasked answer. */
  #take(streamId: number): PendingCall | undefined {
    const call = this.#pending.get(streamId);
    this.#pending.delete(streamId);
    return call;
  }
}

function settle(call: PendingCall, message: Uint8Array): void {
  let response: Response;
  try {
    response = Response.decode(message);
  } catch (cause) {
    call.reject(new TtrpcError(statusCode.internal, "Cannot parse the answer", { cause }));
    return;
  }
  const { status, payload } = response;
  if (status === undefined || status.code === statusCode.ok) call.resolve(payload);
  else call.reject(new TtrpcError(status.code, status.message));
}
