import { Backoff } from "./backoff.ts";
import { sleep } from "./sleep.ts";

/** So long without a run the loop was quiet: what is asked for then is nothing that it set off itself. */
const quietMilliseconds = 10_000;

/** How a {@link ReconcileLoop} waits. */
export interface ReconcileLoopOptions {
  /** Before what is asked for shortly after a run: from 50 ms to 10 s by default. */
  readonly pace?: Backoff;
  /** What "shortly" is: 10,000 by default. */
  readonly quietMilliseconds?: number;
  /** Numbers from 0 to 1 that tell how much of a tenth of its period a loop leaves out: random by default. */
  readonly spread?: () => number;
  /** What a failure wants to be waited before the backoff begins: nothing by default. */
  readonly leaveMilliseconds?: (error: unknown) => number;
}

/**
 * Runs a step again and again: at once when asked to, otherwise once in a period, and after a failure with
 * growing waits. One run at a time; what is asked for during a run leads to one more.
 *
 * Runs that are asked for shortly after one another are held back for longer and longer. What a run does can lead to
 * the next one: without an end, when somebody else undoes it each time.
 */
export class ReconcileLoop {
  readonly #step: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #periodMilliseconds: number;
  readonly #backoff: Backoff;
  readonly #pace: Backoff;
  readonly #quietMilliseconds: number;
  readonly #leaveMilliseconds: (error: unknown) => number;
  readonly #spread: () => number;
  readonly #stopping = new AbortController();
  #asked = false;
  #waiting = new AbortController();
  #running: Promise<void> | undefined;

  /** `backoff` is for failures. */
  constructor(
    step: () => Promise<void>,
    failed: (error: unknown) => void,
    periodMilliseconds: number,
    backoff: Backoff,
    options: ReconcileLoopOptions = {},
  ) {
    this.#step = step;
    this.#failed = failed;
    this.#periodMilliseconds = periodMilliseconds;
    this.#backoff = backoff;
    this.#pace = options.pace ?? new Backoff(50, 10_000, Math.random);
    this.#quietMilliseconds = options.quietMilliseconds ?? quietMilliseconds;
    this.#spread = options.spread ?? Math.random;
    this.#leaveMilliseconds = options.leaveMilliseconds ?? (() => 0);
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
        await sleep(this.#leaveMilliseconds(error) + this.#backoff.next(), signal);
        continue;
      }
      this.#backoff.reset();
      await this.#pause(signal);
    }
  }

  /** Up to a tenth shorter, so that loops of many nodes that began together do not stay together. */
  #period(): number {
    return this.#periodMilliseconds * (1 - this.#spread() / 10);
  }

  /** Waits for the period to pass or for being asked, and then holds back what was asked for too soon. */
  async #pause(signal: AbortSignal): Promise<void> {
    const start = performance.now();
    this.#waiting = new AbortController();
    if (!this.#asked && !signal.aborted) await sleep(this.#period(), this.#waiting.signal);
    const quiet = !this.#asked || performance.now() - start >= this.#quietMilliseconds;
    if (quiet) this.#pace.reset();
    else await this.#pace.wait(signal);
  }
}
