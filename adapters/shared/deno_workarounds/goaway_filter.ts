import { Buffer } from "node:buffer";

/** RFC 9113, 3.4: what a client begins a connection with, before its frames. */
const prefaceBytes = 24;
/** RFC 9113, 4.1: three bytes of length, and the type; flags and a stream's id follow. */
const headerBytes = 9;
/** RFC 9113, 6.8. */
const goaway = 7;

/**
 * Leaves the GOAWAY frames out of what a client of HTTP/2 sends, in whichever pieces that comes, for a server of
 * node:http2.
 *
 * - Symptom: a client that says goodbye while no stream is open ends the process by a signal, sooner or later: the
 *   session is freed while nghttp2 still reads the frame.
 * - Versions: 2.7.14 to 2.9.6, the newest that was tried.
 * - Upstream: https://github.com/denoland/deno/issues/36788
 * - Remove when: `still_needed_test.ts` says that this Deno's servers survive it.
 *
 * A server loses nothing with the frame: it would keep it from pushing, and the client closes the connection anyway.
 */
export class GoawayFilter {
  /** How much of the preface or of a frame is still to be handed on, or to be left out. */
  #handOn = prefaceBytes;
  #leaveOut = 0;
  #header = Buffer.alloc(0);

  /** Takes the next bytes and returns what is to be handed on. */
  take(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    for (let at = 0; at < chunk.length;) {
      const wanted = this.#handOn || this.#leaveOut || headerBytes - this.#header.length;
      const part = chunk.subarray(at, at + wanted);
      at += part.length;
      const handedOn = this.#part(part);
      if (handedOn !== undefined) out.push(handedOn);
    }
    return out;
  }

  /** Takes bytes that do not go beyond the preface, the payload, or the header that they belong to. */
  #part(part: Buffer): Buffer | undefined {
    if (this.#handOn > 0) {
      this.#handOn -= part.length;
      return part;
    }
    if (this.#leaveOut > 0) {
      this.#leaveOut -= part.length;
      return undefined;
    }
    this.#header = Buffer.concat([this.#header, part]);
    return this.#header.length === headerBytes ? this.#begin(this.#header) : undefined;
  }

  /** Begins a frame. */
  #begin(header: Buffer): Buffer | undefined {
    this.#header = Buffer.alloc(0);
    const payloadBytes = header.readUIntBE(0, 3);
    if (header[3] === goaway) {
      this.#leaveOut = payloadBytes;
      return undefined;
    }
    this.#handOn = payloadBytes;
    return header;
  }
}
