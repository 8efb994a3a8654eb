import { dirname } from "node:path";
import { sleep } from "../timing/backoff.ts";
import type { PluginTurn } from "./nri_plugin.ts";

const pollMilliseconds = 25;

/**
 * Takes turns by a lock on a file, which the kernel gives up when its holder ends in whichever way (flock(2)).
 * `path` is made when it is missing and never removed, since others may hold it open.
 */
export function pluginTurn(path: string): PluginTurn {
  return async (signal, standby) => {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(path, { write: true, create: true });
    if (await file.tryLock(true)) return () => file.close();
    standby();
    while (!signal.aborted) {
      if (await file.tryLock(true)) return () => file.close();
      await sleep(pollMilliseconds, signal);
    }
    file.close();
  };
}
