import { ApiUnreachableError } from "./api_error.ts";

/**
 * Runs something that heeds a signal, which aborts when the outer one does or the time is up. Returns as soon as
 * that happens, whether or not the signal is heeded at once. Throws the outer signal's reason or an
 * {@link ApiUnreachableError}.
 *
 * The outer signal stays tied to what was run, so that it also ends a stream that was opened in here.
 */
export async function withTimeout<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const signal = outer === undefined ? timeout.signal : AbortSignal.any([timeout.signal, outer]);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  const timer = setTimeout(
    () => timeout.abort(new ApiUnreachableError(`no answer within ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    return await Promise.race([run(signal), aborted.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
