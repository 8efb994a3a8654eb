import { maxPayloadBytes, muxHeaderBytes } from "./frame.ts";

/** The peer broke the protocol of the multiplexer. */
export class MuxProtocolError extends Error {
  override name = "MuxProtocolError";
}

/**
 * Splits the bytes of a connection into the streams of its channels.
 *
 * It holds a header at most: payloads are passed on piece by piece as they arrive.
 */
export class MuxFrameDecoder {
  readonly #deliver: (channelId: number, bytes: Uint8Array) => void;
  readonly #header = new Uint8Array(muxHeaderBytes);
  #headerFilled = 0;
  #channelId = 0;
  /** Bytes of the payload that are still to come. */
  #remaining = 0;

  /** `deliver` takes the next bytes of a channel's stream; they may be overwritten when it has returned. */
  constructor(deliver: (channelId: number, bytes: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** Whether the bytes so far end inside a frame. */
  get insideFrame(): boolean {
    return this.#headerFilled > 0 || this.#remaining > 0;
  }

  /** Takes the next bytes of the connection. Throws {@link MuxProtocolError}, after which it is of no more use. */
  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#remaining === 0) {
        offset = this.#takeHeader(bytes, offset);
      } else {
        const end = Math.min(bytes.length, offset + this.#remaining);
        this.#remaining -= end - offset;
        this.#deliver(this.#channelId, bytes.subarray(offset, end));
        offset = end;
      }
    }
  }

  #takeHeader(bytes: Uint8Array, offset: number): number {
    const end = Math.min(bytes.length, offset + muxHeaderBytes - this.#headerFilled);
    this.#header.set(bytes.subarray(offset, end), this.#headerFilled);
    this.#headerFilled += end - offset;
    if (this.#headerFilled === muxHeaderBytes) this.#begin();
    return end;
  }

  #begin(): void {
    const view = new DataView(this.#header.buffer);
    const payloadBytes = view.getUint32(4);
    this.#channelId = view.getUint32(0);
    if (payloadBytes > maxPayloadBytes) {
      throw new MuxProtocolError(
        `Cannot take a frame of ${payloadBytes} bytes on channel ${this.#channelId}: ${maxPayloadBytes} are allowed`,
      );
    }
    this.#headerFilled = 0;
    this.#remaining = payloadBytes;
  }
}
