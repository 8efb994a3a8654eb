import { sleep } from "../../shared/async/sleep.ts";

/** Time as the adapter sees it. */
export interface Clock {
  /** Milliseconds since some moment in the past; never goes back. */
  now(): number;
  /** Waits, or resolves at once when the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

export const systemClock: Clock = { now: () => performance.now(), sleep };
