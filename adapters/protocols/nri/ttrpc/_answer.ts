import { Response } from "../generated/ttrpc.ts";
import { encodeMessage, frameHeaderBytes, frameType, maxMessageBytes, writeFrameHeader } from "./frame.ts";
import { statusCode, TtrpcError } from "./status.ts";
import { messageOf } from "../../../../core/values/message_of.ts";

/** The frame that answers a request; with an error if the payload does not fit into a frame. */
export function answerFrame(streamId: number, payload: Uint8Array): Uint8Array {
  return responseFrame(streamId, { status: undefined, payload });
}

/** The frame that answers a request with an error: a {@link TtrpcError} as it is, any other as UNKNOWN. */
export function errorFrame(streamId: number, error: unknown): Uint8Array {
  // Code 0 would tell the caller that the call succeeded.
  const code = (error instanceof TtrpcError && error.code) || statusCode.unknown;
  const message = messageOf(error);
  return responseFrame(streamId, { status: { code, message }, payload: nothing });
}

const nothing = new Uint8Array(0);

function responseFrame(streamId: number, response: Response): Uint8Array {
  const frame = encodeMessage(Response, response);
  const messageBytes = frame.length - frameHeaderBytes;
  if (messageBytes > maxMessageBytes) {
    const text = `Cannot answer: the answer has ${messageBytes} bytes, ${maxMessageBytes} are allowed`;
    return errorFrame(streamId, new TtrpcError(statusCode.resourceExhausted, text));
  }
  writeFrameHeader(frame, streamId, frameType.response);
  return frame;
}
