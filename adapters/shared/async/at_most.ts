import { sleep } from "./sleep.ts";

/** Waits for a task, and for no longer than some time: the task goes on. What it throws is passed on. */
export async function atMost(milliseconds: number, task: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([task, sleep(milliseconds, done.signal)]);
  } finally {
    done.abort();
  }
}
