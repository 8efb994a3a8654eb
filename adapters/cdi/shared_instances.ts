import { dirname } from "node:path";
import { KeyedMutex } from "../../core/claims/keyed_mutex.ts";
import { ClaimRecordError } from "../../core/ports/claim_records.ts";
import type { Instances } from "./instances.ts";

const retryMilliseconds = 5;
/** Well within the 45 seconds that the kubelet waits. */
const maxWaitMilliseconds = 10_000;

/**
 * Instances on one node that take turns by a lock on a file, as in a rolling update.
 *
 * The file holds a number that grows with each change, so that looking for changes of others costs one small read
 * however many records there are.
 */
export class SharedInstances implements Instances {
  readonly #path: string;
  readonly #mutex = new KeyedMutex();
  #known: number | undefined;

  /** `path` is a file that is made when it is missing and never removed, since others may hold it open. */
  constructor(path: string) {
    this.#path = path;
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#mutex.run(this.#path, async () => {
      await Deno.mkdir(dirname(this.#path), { recursive: true });
      const file = await Deno.open(this.#path, { read: true, write: true, create: true });
      try {
        await this.#lock(file);
        return await task();
      } finally {
        file.close();
      }
    });
  }

  async announceChange(): Promise<void> {
    const next = await this.#read() + 1;
    await Deno.writeTextFile(this.#path, `${next}\n`);
    if (this.#known === next - 1) this.#known = next;
  }

  async changed(): Promise<boolean> {
    const found = await this.#read();
    const changed = found !== this.#known;
    this.#known = found;
    return changed;
  }

  /** The lock goes with the file's closing, and with the process if that dies (flock(2)). */
  async #lock(file: Deno.FsFile): Promise<void> {
    for (let waited = 0; !await file.tryLock(true); waited += retryMilliseconds) {
      if (waited >= maxWaitMilliseconds) {
        throw new ClaimRecordError(
          `Cannot get the lock ${this.#path}: another instance has held it for too long`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
    }
  }

  async #read(): Promise<number> {
    try {
      return Number(await Deno.readTextFile(this.#path)) || 0;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }
}
