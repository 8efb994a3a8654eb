import { strictEqual } from "node:assert/strict";
import {
  encodeMuxFrames,
  maxPayloadBytes,
  muxFramesBytes,
} from "../../../../../adapters/protocols/nri/mux/frame.ts";
import { hex, pattern, same } from "../ttrpc/bytes.ts";

/** The frames that carry some bytes on channel 2. */
function frames(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(muxFramesBytes(bytes.length));
  encodeMuxFrames(2, bytes, target);
  return target;
}

Deno.test("a frame is the channel's id, the payload's length, both big-endian, and the payload", () => {
  const target = new Uint8Array(muxFramesBytes(3));
  encodeMuxFrames(0x01020304, Uint8Array.of(0xaa, 0xbb, 0xcc), target);
  strictEqual(hex(target), "01020304" + "00000003" + "aabbcc");
});

Deno.test("nothing is an empty frame", () => strictEqual(hex(frames(pattern(0))), "00000002" + "00000000"));

for (const length of [4095, 4096]) {
  Deno.test(`${length} bytes are one frame`, () => {
    const encoded = frames(pattern(length));
    strictEqual(hex(encoded.subarray(0, 8)), "00000002" + length.toString(16).padStart(8, "0"));
    strictEqual(same(encoded.subarray(8), pattern(length)), true);
  });
}

for (const length of [4097, 8192, 8193, 3_000_000, maxPayloadBytes]) {
  Deno.test(`${length} bytes are a frame of 4096 bytes and a frame with the rest`, () => {
    const bytes = pattern(length);
    const encoded = frames(bytes);
    strictEqual(encoded.length, 8 + 4096 + 8 + length - 4096);
    strictEqual(hex(encoded.subarray(0, 8)), "00000002" + "00001000");
    strictEqual(same(encoded.subarray(8, 4104), bytes.subarray(0, 4096)), true);
    strictEqual(
      hex(encoded.subarray(4104, 4112)),
      "00000002" + (length - 4096).toString(16).padStart(8, "0"),
    );
    strictEqual(same(encoded.subarray(4112), bytes.subarray(4096)), true);
  });
}
