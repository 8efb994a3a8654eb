import { type Frame, type FrameHeader, frameHeaderBytes, maxMessageBytes, readFrameHeader } from "./frame.ts";

/** Takes what a {@link FrameDecoder} finds, at once and in the order of the wire. */
export interface FrameSink {
  frame(frame: Frame): void;
  /** A frame whose message is longer than {@link maxMessageBytes}; the decoder skips the message. */
  oversized(header: FrameHeader): void;
}

/**
 * Finds the frames in a stream of bytes that arrives in pieces of any size.
 *
 * It holds one unfinished frame at most.
 */
export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #headerBytes = new Uint8Array(frameHeaderBytes);
  #headerFilled = 0;
  #header: FrameHeader | undefined;
  #message = noMessage;
  #messageFilled = 0;
  /** Bytes of an oversized message that are still to come. */
  #toSkip = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Whether the bytes so far end inside a frame. */
  get insideFrame(): boolean {
    return this.#headerFilled > 0 || this.#toSkip > 0;
  }

  /** Takes the next bytes of the stream; they may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#toSkip > 0) offset += this.#skip(bytes.length - offset);
      else if (this.#header === undefined) offset = this.#takeHeader(bytes, offset);
      else offset = this.#takeMessage(bytes, offset, this.#header);
    }
  }

  #skip(available: number): number {
    const skipped = Math.min(available, this.#toSkip);
    this.#toSkip -= skipped;
    return skipped;
  }

  #takeHeader(bytes: Uint8Array, offset: number): number {
    const end = Math.min(bytes.length, offset + frameHeaderBytes - this.#headerFilled);
    this.#headerBytes.set(bytes.subarray(offset, end), this.#headerFilled);
    this.#headerFilled += end - offset;
    if (this.#headerFilled === frameHeaderBytes) {
      this.#begin(readFrameHeader(this.#headerBytes), bytes.length - end);
    }
    return end;
  }

  #begin(header: FrameHeader, available: number): void {
    if (header.messageBytes > maxMessageBytes) {
      this.#headerFilled = 0;
      this.#toSkip = header.messageBytes;
      this.#sink.oversized(header);
    } else if (header.messageBytes === 0) {
      this.#finish(header, noMessage);
    } else {
      this.#header = header;
      // A message that is here as a whole is copied when it is taken; memory is kept only for one that is not.
      if (header.messageBytes > available) this.#message = new Uint8Array(header.messageBytes);
    }
  }

  #takeMessage(bytes: Uint8Array, offset: number, header: FrameHeader): number {
    const end = Math.min(bytes.length, offset + header.messageBytes - this.#messageFilled);
    if (this.#message.length === 0) {
      this.#finish(header, bytes.slice(offset, end));
      return end;
    }
    this.#message.set(bytes.subarray(offset, end), this.#messageFilled);
    this.#messageFilled += end - offset;
    if (this.#messageFilled === header.messageBytes) this.#finish(header, this.#message);
    return end;
  }

  #finish({ streamId, type, flags }: FrameHeader, message: Uint8Array): void {
    this.#headerFilled = 0;
    this.#header = undefined;
    this.#message = noMessage;
    this.#messageFilled = 0;
    this.#sink.frame({ streamId, type, flags, message });
  }
}

const noMessage = new Uint8Array(0);
