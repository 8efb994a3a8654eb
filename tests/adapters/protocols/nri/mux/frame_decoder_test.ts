import { deepStrictEqual, doesNotThrow, throws } from "node:assert/strict";
import fc from "fast-check";
import { maxPayloadBytes } from "../../../../../adapters/protocols/nri/mux/frame.ts";
import {
  MuxFrameDecoder,
  MuxProtocolError,
} from "../../../../../adapters/protocols/nri/mux/frame_decoder.ts";
import { bytes, cut, hex } from "../ttrpc/bytes.ts";

const conversation = bytes(`
  00000001 00000002 aabb
  00000002 00000000
  00000002 00000001 cc
  00000001 00000003 ddeeff
`);

/** The streams of the channels in some pieces of a connection's bytes. */
function streams(pieces: readonly Uint8Array[]): Record<number, string> {
  const found: Record<number, string> = {};
  const decoder = new MuxFrameDecoder((id, bytes) => found[id] = (found[id] ?? "") + hex(bytes));
  for (const piece of pieces) decoder.push(piece);
  return found;
}

Deno.test("each channel's stream is found wherever the bytes are cut", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 12 }));
  fc.assert(fc.property(lengths, (lengths) => {
    deepStrictEqual(streams(cut(conversation, lengths)), { 1: "aabbddeeff", 2: "cc" });
  }));
});

Deno.test("a decoder knows after every byte whether it is inside a frame", () => {
  const decoder = new MuxFrameDecoder(() => {});
  const betweenFrames: number[] = [];
  for (let end = 1; end <= conversation.length; end++) {
    decoder.push(conversation.subarray(end - 1, end));
    if (!decoder.insideFrame) betweenFrames.push(end);
  }
  deepStrictEqual(betweenFrames, [10, 18, 27, 38]);
});

Deno.test("the longest payload is taken, a longer one breaks the protocol", () => {
  doesNotThrow(() => streams([bytes("00000001 0040000a"), new Uint8Array(maxPayloadBytes)]));
  throws(() => streams([bytes("00000003 0040000b")]), MuxProtocolError);
  throws(() => streams([bytes("00000003 ffffffff")]), {
    message: "Cannot take a frame of 4294967295 bytes on channel 3: 4194314 are allowed",
  });
});
