import type { Backoff } from "../../shared/async/backoff.ts";
import { leaveMilliseconds } from "./api_error.ts";
import type { Clock } from "./clock.ts";
import type { KubernetesConnection } from "./connection.ts";
import { linesOf } from "./lines.ts";
import { slicesPath } from "./resource_paths.ts";
import { parseWatchEvent } from "./watch_event.ts";

/** What is watched and how. */
export interface SliceWatchOptions {
  readonly connection: KubernetesConnection;
  readonly fieldSelector: string;
  /** Lists what is watched and resolves to the version from which a watch can go on. */
  readonly currentVersion: () => Promise<string>;
  /** Told of every failure. */
  readonly failed: (error: unknown) => void;
  /** Told of every turn, before it is tried to watch. */
  readonly turned: () => void;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** After which the server is to end a watch; it is then taken up where it ended. */
  readonly timeoutSeconds: number;
  /** A watch without even a bookmark for so long is taken up anew: its connection may be dead. */
  readonly idleMilliseconds: number;
}

const maxLineBytes = 8 * 2 ** 20;
/** A watch that held for so long was no failure, whatever ended it. */
const healthyMilliseconds = 30_000;

/**
 * Watches ResourceSlices until the signal aborts, see `SliceRepository.watch`. Never throws.
 *
 * A watch that ends in good order goes on from the last version that was seen, and nothing is missed. After
 * everything else, a forgotten version (410) included, it starts over: list, watch from there, and a call of
 * `onChange` for what may have been missed.
 */
export async function watchSlices(
  options: SliceWatchOptions,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { currentVersion, failed, turned, backoff, clock } = options;
  let version: string | undefined;
  while (!signal.aborted) {
    turned();
    const start = clock.now();
    let pause = 0;
    try {
      const missed = version === undefined;
      version ??= await currentVersion();
      const response = await openWatch(options, version, signal);
      if (missed) onChange();
      for await (const event of eventsOf(response, options)) {
        version = event.resourceVersion;
        backoff.reset();
        if (event.isChange) onChange();
      }
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      version = undefined;
      pause = leaveMilliseconds(error);
    }
    if (clock.now() - start >= healthyMilliseconds) backoff.reset();
    await clock.sleep(pause + backoff.next(), signal);
  }
}

function openWatch(
  { connection, fieldSelector, timeoutSeconds }: SliceWatchOptions,
  resourceVersion: string,
  signal: AbortSignal,
): Promise<Response> {
  const query = new URLSearchParams({
    watch: "true",
    allowWatchBookmarks: "true",
    fieldSelector,
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
  return connection.open({ method: "GET", path: `${slicesPath}?${query}` }, signal);
}

async function* eventsOf({ body }: Response, { idleMilliseconds }: SliceWatchOptions) {
  if (body === null) return;
  for await (const line of linesOf(body, { maxBytes: maxLineBytes, idleMilliseconds })) {
    yield parseWatchEvent(line);
  }
}
