import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { MessageFns } from "../generated/ttrpc.ts";

// The layout of a ttrpc frame (github.com/containerd/ttrpc, PROTOCOL.md), numbers big-endian:
//   0 u32 length of the message   4 u32 stream id   8 u8 type   9 u8 flags   10 the message

/** Length of the header before every message. */
export const frameHeaderBytes = 10;

/** The longest message that a frame may carry. */
export const maxMessageBytes = 4 * 1024 * 1024;

/** The longest frame, header included. */
export const maxFrameBytes = frameHeaderBytes + maxMessageBytes;

/** What a frame carries. A receiver ignores types that it does not know. */
export const frameType = { request: 1, response: 2, data: 3 } as const;

/** Bits of a frame's flags, which only streams use; the frames of a unary call have none. */
export const frameFlag = { remoteClosed: 1, remoteOpen: 2, noData: 4 } as const;

/** A frame's header; `type` and `flags` can hold values that nobody knows yet. */
export interface FrameHeader {
  readonly messageBytes: number;
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
}

/** A frame with its message, which belongs to the receiver. */
export interface Frame {
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
  readonly message: Uint8Array;
}

/** Reads the header that begins at `offset`; the caller has seen to it that all of it is there. */
export function readFrameHeader(bytes: Uint8Array, offset = 0): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, frameHeaderBytes);
  return {
    messageBytes: view.getUint32(0),
    streamId: view.getUint32(4),
    type: view.getUint8(8),
    flags: view.getUint8(9),
  };
}

/**
 * Encodes a message into a frame whose header is still empty.
 *
 * Two steps, so that a client can see that a message is too large before it uses up a stream id, and the message
 * is not copied a second time behind its header.
 */
export function encodeMessage<Message>(codec: MessageFns<Message>, message: Message): Uint8Array {
  return codec.encode(message, new BinaryWriter().raw(emptyHeader)).finish();
}

const emptyHeader = new Uint8Array(frameHeaderBytes);

/** Fills in the header of a frame made by {@link encodeMessage}, without flags. */
export function writeFrameHeader(frame: Uint8Array, streamId: number, type: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frameHeaderBytes);
  view.setUint32(0, frame.length - frameHeaderBytes);
  view.setUint32(4, streamId);
  view.setUint8(8, type);
  view.setUint8(9, 0);
}
