import type { Backoff } from "../../shared/async/backoff.ts";
import { ApiStatusError, isTransient } from "./api_error.ts";
import type { Clock } from "./clock.ts";

const never = new AbortController().signal;

/** How long to go on trying. */
export interface RetryOptions {
  /** For all attempts and the waits between them. */
  readonly budgetMilliseconds: number;
  readonly backoff: Backoff;
  readonly clock: Clock;
}

/**
 * Tries until it succeeds, fails for good, or the budget leaves no room for another attempt after the wait that
 * is due. An attempt is told how much of the budget is left, and is not to take longer. The wait grows, and starts only after the time for which the server asked (`Retry-After`). Throws what
 * the last attempt threw.
 */
export async function retry<T>(
  { budgetMilliseconds, backoff, clock }: RetryOptions,
  attempt: (leftMilliseconds: number) => Promise<T>,
): Promise<T> {
  const end = clock.now() + budgetMilliseconds;
  for (;;) {
    try {
      return await attempt(Math.ceil(end - clock.now()));
    } catch (error) {
      const asked = error instanceof ApiStatusError ? error.retryAfterMilliseconds ?? 0 : 0;
      const wait = asked + backoff.next();
      if (!isTransient(error) || clock.now() + wait >= end) throw error;
      await clock.sleep(wait, never);
    }
  }
}
