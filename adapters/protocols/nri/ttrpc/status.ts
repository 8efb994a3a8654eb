/** The gRPC status codes that ttrpc itself gives to a call; a handler may answer with any other. */
export const statusCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
} as const;

/**
 * A call that failed with a status.
 *
 * A handler throws it to choose the code and the text of its answer; a call rejects with it when the peer
 * answered with a status, and when this side gave the call up (deadline, cancelled, a message too large).
 */
export class TtrpcError extends Error {
  override name = "TtrpcError";

  /** `code` is a gRPC status code other than 0, which would mean success. */
  constructor(readonly code: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
