import type { Clock } from "./clock.ts";

/** How many requests a client allows itself. */
export interface RateLimit {
  /** On average. */
  readonly requestsPerSecond: number;
  /** At once, after a quiet time. */
  readonly burst: number;
}

/** Keeps requests within a rate, as a token bucket: those above it wait for their turn, in order. */
export class RateLimiter {
  readonly #intervalMilliseconds: number;
  readonly #burst: number;
  readonly #clock: Clock;
  /** When the bucket would be full again if nothing else were taken. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor({ requestsPerSecond, burst }: RateLimit, clock: Clock) {
    this.#intervalMilliseconds = 1_000 / requestsPerSecond;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** Resolves when the next request may go, or at once when the signal aborts. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    this.#fullAt = Math.max(this.#fullAt, now) + this.#intervalMilliseconds;
    const wait = this.#fullAt - this.#burst * this.#intervalMilliseconds - now;
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }
}
