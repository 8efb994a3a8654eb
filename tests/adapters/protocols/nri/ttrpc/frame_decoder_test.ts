import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { FrameDecoder } from "../../../../../adapters/protocols/nri/ttrpc/frame_decoder.ts";
import { bytes, cut, hex, pattern, same } from "./bytes.ts";

/** What a decoder finds, a line for each frame. */
function found(pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const decoder = new FrameDecoder({
    frame: ({ streamId, type, flags, message }) => lines.push(`${streamId} ${type} ${flags} ${hex(message)}`),
    oversized: ({ streamId, messageBytes }) => lines.push(`${streamId} oversized ${messageBytes}`),
  });
  for (const piece of pieces) {
    const overwritten = piece.slice();
    decoder.push(overwritten);
    overwritten.fill(0xee);
  }
  return lines;
}

const conversation = bytes(`
  00000003 00000001 01 00 aabbcc
  00000000 00000003 02 00
  00000001 00000005 03 06 dd
  00000002 00000007 63 ff eeff
`);
const frames = ["1 1 0 aabbcc", "3 2 0 ", "5 3 6 dd", "7 99 255 eeff"];

Deno.test("frames are found wherever the bytes are cut", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 20 }));
  fc.assert(fc.property(lengths, (lengths) => deepStrictEqual(found(cut(conversation, lengths)), frames)));
});

Deno.test("a decoder knows after every byte whether it is inside a frame", () => {
  const decoder = new FrameDecoder({ frame: () => {}, oversized: () => {} });
  const betweenFrames: number[] = [];

  for (let end = 1; end <= conversation.length; end++) {
    decoder.push(conversation.subarray(end - 1, end));
    if (!decoder.insideFrame) betweenFrames.push(end);
  }

  deepStrictEqual(betweenFrames, [13, 23, 34, 46]);
});

Deno.test("an oversized message is skipped to the byte, and the frame behind it is found", () => {
  const oversized = bytes("00400001 00000009 01 00");
  const message = new Uint8Array(0x400001).fill(1);

  const lines = found([oversized, message.subarray(1), Uint8Array.of(1, ...conversation)]);

  deepStrictEqual(lines, ["9 oversized 4194305", ...frames]);
});

Deno.test("the longest message allowed is taken", () => {
  const message = pattern(0x400000);
  const messages: Uint8Array[] = [];
  const decoder = new FrameDecoder({ frame: (frame) => messages.push(frame.message), oversized: () => {} });

  decoder.push(bytes("00400000 00000001 01 00"));
  decoder.push(message);

  strictEqual(messages.length === 1 && same(messages[0] ?? bytes(""), message), true);
});

Deno.test("whatever bytes arrive, a decoder takes them", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (pieces) => {
    found(pieces);
  }));
});
