import { setTimeout } from "node:timers/promises";

/** Waits so long and says true, or says false as soon as the signal aborts. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    return await setTimeout(milliseconds, true, { signal });
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
