import { Request } from "../generated/ttrpc.ts";
import { TtrpcConnection } from "./_connection.ts";
import { answerFrame, errorFrame } from "./_answer.ts";
import { ServerCall } from "./_server_call.ts";
import type { ByteChannel } from "./byte_channel.ts";
import { type CloseReason, ConnectionClosedError } from "./close_reason.ts";
import { type Frame, frameFlag, type FrameHeader, frameType, maxMessageBytes } from "./frame.ts";
import type { Services } from "./handler.ts";
import { statusCode, TtrpcError } from "./status.ts";

/** Calls that handlers work on at one time; more are answered with RESOURCE_EXHAUSTED. */
export const maxCallsInFlight = 1024;

/** Bytes of the requests that handlers work on at one time; more are answered with RESOURCE_EXHAUSTED. */
const maxRequestBytesInFlight = 64 * 1024 * 1024;

/**
 * The answering side of a ttrpc connection, for unary calls.
 *
 * It stops reading while the peer does not take its answers, and a call counts as in flight until its handler
 * is done, also after its deadline: nothing that the peer does makes it grow without bound.
 */
export class TtrpcServer {
  readonly #connection: TtrpcConnection;
  readonly #services: Services;
  readonly #inFlight = new Set<ServerCall>();
  #requestBytesInFlight = 0;
  #lastStreamId = 0;

  constructor(channel: ByteChannel, services: Services) {
    this.#services = services;
    this.#connection = new TtrpcConnection(channel, {
      frame: (frame) => this.#receive(frame),
      oversized: (header) => this.#receiveOversized(header),
      ended: (reason) => this.#giveUpAll(reason),
    });
  }

  /** Resolves when the started server has seen the connection end, or was closed. Never rejects. */
  get closed(): Promise<CloseReason> {
    return this.#connection.closed;
  }

  /** Begins to serve. */
  start(): void {
    this.#connection.start();
  }

  /** Closes the channel; calls in flight are aborted, unanswered. Idempotent; resolves as {@link closed}. */
  close(): Promise<CloseReason> {
    return this.#connection.close();
  }

  #receive(frame: Frame): void {
    // Streams are not served, so their data has no receiver; other types belong to versions yet to come.
    if (frame.type !== frameType.request || this.#connection.reason !== undefined) return;
    try {
      this.#dispatch(frame);
    } catch (error) {
      this.#answerError(frame.streamId, error);
    }
  }

  #receiveOversized({ streamId, type, messageBytes }: FrameHeader): void {
    if (type !== frameType.request) return;
    const text = `Cannot take the request: it has ${messageBytes} bytes, ${maxMessageBytes} are allowed`;
    this.#answerError(streamId, new TtrpcError(statusCode.resourceExhausted, text));
  }

  /** Answers a request or leaves it with its handler. Throws what the request is to be answered with. */
  #dispatch({ streamId, flags, message }: Frame): void {
    this.#checkStreamId(streamId);
    const request = parseRequest(message);
    const handler = this.#services.get(request.service)?.get(request.method);
    if (handler === undefined || (flags & frameFlag.remoteOpen) !== 0) {
      const name = `${request.service}/${request.method}`;
      throw new TtrpcError(statusCode.unimplemented, `Cannot call ${name}: there is no such unary method`);
    }
    const requestBytes = this.#requestBytesInFlight + message.length;
    if (this.#inFlight.size >= maxCallsInFlight || requestBytes > maxRequestBytesInFlight) {
      const text = `Cannot take another call while ${this.#inFlight.size} are in flight`;
      throw new TtrpcError(statusCode.resourceExhausted, text);
    }
    const call = new ServerCall(request);
    if (call.timeoutMilliseconds !== undefined && call.timeoutMilliseconds < 0) throw deadlinePassed();
    const result = handler(request.payload, call);
    if (result instanceof Uint8Array) this.#answer(streamId, result);
    else this.#await(streamId, call, result, message.length);
  }

  /** A client's stream ids are odd and rise; PROTOCOL.md of ttrpc demands both. */
  #checkStreamId(streamId: number): void {
    if (streamId % 2 === 0) {
      const text = `Cannot open stream ${streamId}: the streams of a client have odd numbers`;
      throw new TtrpcError(statusCode.invalidArgument, text);
    }
    if (streamId <= this.#lastStreamId) {
      const text = `Cannot open stream ${streamId}: it must be higher than ${this.#lastStreamId}`;
      throw new TtrpcError(statusCode.invalidArgument, text);
    }
    this.#lastStreamId = streamId;
  }

  #await(streamId: number, call: ServerCall, result: Promise<Uint8Array>, requestBytes: number): void {
    this.#inFlight.add(call);
    this.#requestBytesInFlight += requestBytes;
    call.onDeadline(() => {
      const error = deadlinePassed();
      call.giveUp(error);
      this.#answerError(streamId, error);
    });
    const settle = (answer: () => void) => {
      this.#inFlight.delete(call);
      this.#requestBytesInFlight -= requestBytes;
      if (call.over) return;
      call.finish();
      answer();
    };
    result.then(
      (payload) => settle(() => this.#answer(streamId, payload)),
      (error) => settle(() => this.#answerError(streamId, error)),
    );
  }

  #answer(streamId: number, payload: Uint8Array): void {
    this.#connection.send(answerFrame(streamId, payload));
  }

  #answerError(streamId: number, error: unknown): void {
    this.#connection.send(errorFrame(streamId, error));
  }

  #giveUpAll(reason: CloseReason): void {
    const error = new ConnectionClosedError("Cannot answer", reason);
    for (const call of this.#inFlight) call.giveUp(error);
  }
}

function parseRequest(message: Uint8Array): Request {
  try {
    return Request.decode(message);
  } catch (cause) {
    throw new TtrpcError(statusCode.invalidArgument, "Cannot parse the request", { cause });
  }
}

function deadlinePassed(): TtrpcError {
  return new TtrpcError(statusCode.deadlineExceeded, "Cannot answer within the caller's deadline");
}
