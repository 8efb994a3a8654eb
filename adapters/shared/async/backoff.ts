import { sleep } from "./sleep.ts";

/** Waits that grow from one failure to the next and stay bounded. */
export class Backoff {
  readonly #firstMilliseconds: number;
  readonly #maxMilliseconds: number;
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives numbers from 0 to 1, for the jitter that keeps many nodes from trying all at once. */
  constructor(firstMilliseconds: number, maxMilliseconds: number, random: () => number) {
    this.#firstMilliseconds = firstMilliseconds;
    this.#maxMilliseconds = maxMilliseconds;
    this.#random = random;
  }

  /** Starts over with the shortest wait. */
  reset(): void {
    this.#failures = 0;
  }

  /** The next wait: twice as long as the one before, half of it left to chance. */
  next(): number {
    const full = Math.min(this.#firstMilliseconds * 2 ** this.#failures, this.#maxMilliseconds);
    this.#failures = Math.min(this.#failures + 1, 30);
    return full * (0.5 + this.#random() / 2);
  }

  /** Waits, or resolves at once when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    await sleep(this.next(), signal);
  }
}
