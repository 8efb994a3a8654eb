import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Request } from "../../../../../adapters/protocols/nri/generated/ttrpc.ts";
import {
  encodeMessage,
  frameType,
  maxFrameBytes,
  readFrameHeader,
  writeFrameHeader,
} from "../../../../../adapters/protocols/nri/ttrpc/frame.ts";
import { bytes, hex } from "./bytes.ts";

Deno.test("a frame begins with its length, stream id, type and flags, big-endian", () => {
  const frame = encodeMessage(Request, Request.fromPartial({ service: "s", method: "m" }));

  writeFrameHeader(frame, 0x01020305, frameType.request);

  strictEqual(hex(frame), "00000006" + "01020305" + "01" + "00" + "0a0173" + "12016d");
});

Deno.test("an empty message is a frame of ten bytes", () => {
  const frame = encodeMessage(Request, Request.fromPartial({}));

  writeFrameHeader(frame, 1, frameType.response);

  strictEqual(hex(frame), "00000000" + "00000001" + "02" + "00");
});

Deno.test("a header is read with types and flags that nobody knows, from anywhere in the bytes", () => {
  const header = readFrameHeader(bytes("ffff" + "80000000" + "ffffffff" + "7f" + "83"), 2);

  deepStrictEqual(header, { messageBytes: 0x80000000, streamId: 0xffffffff, type: 0x7f, flags: 0x83 });
});

Deno.test("the longest frame is four mebibytes and the header", () => strictEqual(maxFrameBytes, 4194314));
