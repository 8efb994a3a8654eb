import { maxFrameBytes } from "../ttrpc/frame.ts";

// The layout of a frame of the NRI multiplexer (github.com/containerd/nri, pkg/net/multiplex), big-endian:
//   0 u32 channel id   4 u32 length of the payload   8 the payload

/** Length of the header before every payload. */
export const muxHeaderBytes = 8;

/** The longest payload: one ttrpc frame. */
export const maxPayloadBytes = maxFrameBytes;

/**
 * How much of a larger write the first frame carries; the second carries all the rest.
 *
 * The runtime's Go side needs exactly this. Its ttrpc reads through a buffer of 4096 bytes, and its multiplexer
 * fails a read whose buffer is smaller than the next frame. So the first frame must fit into that buffer; from
 * it Go learns the message's length, and reads the rest into a buffer of just that size.
 */
export const firstPayloadBytes = 4096;

/** The length of the frames that {@link encodeMuxFrames} makes for so many bytes. */
export function muxFramesBytes(byteCount: number): number {
  return byteCount + muxHeaderBytes * (byteCount > firstPayloadBytes ? 2 : 1);
}

/** Writes the one or two frames that carry `bytes` to the beginning of `target`. */
export function encodeMuxFrames(channelId: number, bytes: Uint8Array, target: Uint8Array): void {
  const first = bytes.subarray(0, firstPayloadBytes);
  encodeMuxFrame(channelId, first, target, 0);
  if (bytes.length > firstPayloadBytes) {
    encodeMuxFrame(channelId, bytes.subarray(firstPayloadBytes), target, muxHeaderBytes + first.length);
  }
}

function encodeMuxFrame(channelId: number, payload: Uint8Array, target: Uint8Array, offset: number): void {
  const view = new DataView(target.buffer, target.byteOffset + offset, muxHeaderBytes);
  view.setUint32(0, channelId);
  view.setUint32(4, payload.length);
  target.set(payload, offset + muxHeaderBytes);
}
