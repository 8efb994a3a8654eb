import type { CallTime } from "../../../core/ports/call_time.ts";

/** The kubelet gives a call 45 seconds (its DRA manager's client). What is left is for the answer to get there. */
const usualMilliseconds = 40_000;

/** The time that the kubelet waits for a call which begins now. */
export function callTime(milliseconds = usualMilliseconds): CallTime {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  return { over: promise, stop: () => clearTimeout(timer) };
}
