import { dirname } from "node:path";
import { sleep } from "../../shared/async/sleep.ts";

/**
 * Resolves with what gives the turn up again, or undefined when the signal aborted first; calls `standby` when there
 * is something to wait for. Two instances that both set a container's nodes would keep it from starting. Rejects when
 * the turn cannot be taken, after which it is asked for again.
 */
export type PluginTurn = (signal: AbortSignal, standby: () => void) => Promise<(() => void) | undefined>;

const pollMilliseconds = 25;

/**
 * Takes turns by a lock on a file, which the kernel gives up when its holder ends in whichever way (flock(2)).
 * `path` is made when it is missing and never removed, since others may hold it open.
 */
export function pluginTurn(path: string): PluginTurn {
  return async (signal, standby) => {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(path, { write: true, create: true });
    let mine = false;
    try {
      mine = await file.tryLock(true);
      if (!mine) standby();
      while (!mine && !signal.aborted) {
        await sleep(pollMilliseconds, signal);
        mine = await file.tryLock(true);
      }
    } finally {
      if (!mine) file.close();
    }
    return mine ? () => file.close() : undefined;
  };
}
