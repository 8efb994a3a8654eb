import type { KeyValue } from "../generated/ttrpc.ts";

/** What a handler may know about its call. */
export interface CallContext {
  /** The caller's metadata as it stands on the wire: lower-case keys, one entry for each value. */
  readonly metadata: readonly KeyValue[];
  /** What was left of the caller's deadline when the request arrived; undefined if it has none. */
  readonly timeoutMilliseconds: number | undefined;
  /** Aborts when the deadline passes or the connection ends: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Serves a unary method: from the request's payload, which the handler may keep, to the answer's.
 *
 * A thrown {@link TtrpcError} answers with its code and text, any other error with UNKNOWN and its message. An
 * answer that is ready at once is best returned without a promise.
 */
export type UnaryHandler = (payload: Uint8Array, context: CallContext) => Uint8Array | Promise<Uint8Array>;

/** Handlers by service name (`package.Service`) and method name. */
export type Services = ReadonlyMap<string, ReadonlyMap<string, UnaryHandler>>;
