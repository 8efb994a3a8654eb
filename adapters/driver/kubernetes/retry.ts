import type { Backoff } from "../../shared/async/backoff.ts";
import { ApiStatusError, isTransient } from "./api_error.ts";
import type { Clock } from "./clock.ts";
import { withTimeout } from "./timeout.ts";

/** How long to go on trying. */
export interface RetryOptions {
  /** For all attempts and the waits between them. */
  readonly budgetMilliseconds: number;
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/**
 * Tries until it succeeds, fails for good, or the budget leaves no room for another attempt after the wait that
 * is due. The wait grows, and starts only after the time for which the server asked (`Retry-After`). Throws what
 * the last attempt threw.
 */
export function retry<T>(
  { budgetMilliseconds, backoff, clock }: RetryOptions,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = clock.now() + budgetMilliseconds;
  return withTimeout(budgetMilliseconds, undefined, async (signal) => {
    for (;;) {
      try {
        return await attempt(signal);
      } catch (error) {
        const asked = error instanceof ApiStatusError ? error.retryAfterMilliseconds ?? 0 : 0;
        const wait = asked + backoff.next();
        if (!isTransient(error) || clock.now() + wait >= end) throw error;
        await clock.sleep(wait, signal);
        signal.throwIfAborted();
      }
    }
  });
}
