import { type Backoff, sleep } from "./backoff.ts";

/**
 * Runs a step again and again: at once when asked to, otherwise once in a period, and after a failure with
 * growing waits. One run at a time; what is asked for during a run leads to one more.
 */
export class ReconcileLoop {
  readonly #step: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #periodMilliseconds: number;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #asked = false;
  #waiting = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    step: () => Promise<void>,
    failed: (error: unknown) => void,
    periodMilliseconds: number,
    backoff: Backoff,
  ) {
    this.#step = step;
    this.#failed = failed;
    this.#periodMilliseconds = periodMilliseconds;
    this.#backoff = backoff;
  }

  /** Begins with a first run. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Asks for a run as soon as possible. */
  ask(): void {
    this.#asked = true;
    this.#waiting.abort();
  }

  /** Resolves once a run that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#asked = false;
      try {
        await this.#step();
      } catch (error) {
        this.#failed(error);
        // Nobody gains from failing faster: being asked does not cut this wait short.
        await this.#backoff.wait(signal);
        continue;
      }
      this.#backoff.reset();
      this.#waiting = new AbortController();
      if (!this.#asked && !signal.aborted) await sleep(this.#periodMilliseconds, this.#waiting.signal);
    }
  }
}
