import { dirname } from "node:path";

/** What changes the names in a directory; what is written into files does not. */
const changes: ReadonlySet<Deno.FsEvent["kind"]> = new Set(["create", "remove", "rename", "any", "other"]);

/**
 * Watches the names in some directories, and in those above them, by inotify(7), so that who waits for a change sleeps until there is one.
 *
 * It is a hint and no more: a directory that is removed is watched no longer, one that cannot be watched (it is missing,
 * or the node has no inotify instance left) is not, and what happens before it is watched is missed. Who waits looks at
 * the directories themselves each time, and asks {@link active} how long it may sleep.
 */
export class DirectoryWatch {
  readonly #directories: readonly string[];
  /** With those above: Deno drops what happened in a directory that is gone when it gets to tell (seen with 2.9.4). */
  readonly #watched: string[];
  #watcher: Deno.FsWatcher | undefined;
  #following: Promise<void> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  constructor(directories: readonly string[]) {
    this.#directories = directories;
    this.#watched = [...new Set(directories.flatMap((directory) => [directory, dirname(directory)]))];
  }

  /** Whether all directories are watched, as far as is known. */
  get active(): boolean {
    return this.#watcher !== undefined;
  }

  /** Begins to watch, if it does not yet; changes from now on wake who waits. */
  open(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = Deno.watchFs(this.#watched, { recursive: false });
    } catch {
      // It stays a hint that is not given.
      return;
    }
    this.#following = this.#follow(this.#watcher);
  }

  /** Stops watching; {@link open} begins anew, with the directories that have the names then. */
  async close(): Promise<void> {
    this.#watcher?.close();
    this.#watcher = undefined;
    await this.#following;
  }

  /** Resolves with true at a change, at one since the last time, or after some time; with false when the signal aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, milliseconds);
    signal.addEventListener("abort", () => over.resolve(), { once: true });
    await Promise.race([over.promise, this.#changed.promise]);
    clearTimeout(timer);
    this.#changed = Promise.withResolvers();
    return !signal.aborted;
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (!changes.has(kind)) continue;
      if (kind === "remove" && paths.some((path) => this.#directories.includes(path))) {
        this.#watcher?.close();
        this.#watcher = undefined;
      }
      this.#changed.resolve();
    }
  }
}
