/** Why a connection ended. */
export type CloseReason =
  /** `close` was called on this side. */
  | { readonly kind: "closed-here" }
  /** The peer closed; `insideFrame` tells that it left a frame unfinished. */
  | { readonly kind: "peer-closed"; readonly insideFrame: boolean }
  /** The peer broke the protocol in a way after which the following bytes have no meaning. */
  | { readonly kind: "protocol-error"; readonly error: Error }
  /** Reading or writing failed. */
  | { readonly kind: "failed"; readonly error: Error };

/** Something could not be done because the connection it needs has ended. */
export class ConnectionClosedError extends Error {
  override name = "ConnectionClosedError";

  /** `action` is what could not be done, in the form `Cannot call nri.Runtime/UpdateContainers`. */
  constructor(action: string, readonly reason: CloseReason) {
    super(
      `${action}: ${describeCloseReason(reason)}`,
      "error" in reason ? { cause: reason.error } : undefined,
    );
  }
}

/** The reason as half a sentence for a log line or an error message. */
export function describeCloseReason(reason: CloseReason): string {
  switch (reason.kind) {
    case "closed-here":
      return "the connection was closed on this side";
    case "peer-closed":
      return `the peer closed the connection${reason.insideFrame ? " inside a frame" : ""}`;
    case "protocol-error":
      return `the peer broke the protocol: ${reason.error.message}`;
    case "failed":
      return `the connection failed: ${reason.error.message}`;
  }
}

/**
 * The reason that an error of a read or a write stands for; `insideFrame` says how far the peer's bytes had come.
 *
 * A unix socket reports a peer that closed without reading everything as ECONNRESET to the reader and EPIPE to
 * the writer (unix(7), write(2)): the peer closed, nothing failed.
 */
export function closeReasonOf(error: unknown, insideFrame: boolean): CloseReason {
  if (error instanceof ConnectionClosedError) {
    const { reason } = error;
    return reason.kind === "peer-closed" && insideFrame ? { ...reason, insideFrame } : reason;
  }
  if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
    return { kind: "peer-closed", insideFrame };
  }
  return { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
}
