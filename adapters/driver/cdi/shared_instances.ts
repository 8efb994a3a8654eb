import { dirname } from "node:path";
import { KeyedMutex } from "../../../core/claims/keyed_mutex.ts";
import { ClaimRecordError } from "../../../core/ports/claim_records.ts";
import type { Instances } from "./instances.ts";

const retryMilliseconds = 5;
/** Well within the 45 seconds that the kubelet waits. */
const maxWaitMilliseconds = 10_000;

/** What stands in the file between two changes, whole. */
const settled = /^changed [0-9a-f-]{36}\n$/;

/**
 * Instances on one node that take turns by a lock on a file, as in a rolling update.
 *
 * The file names the last change, so that looking for changes of others costs one small read however many records
 * there are. That is done without the lock, since a container that starts cannot wait for it; so the file also says
 * while a change is under way, and who looks then has to look again.
 */
export class SharedInstances implements Instances {
  readonly #path: string;
  readonly #mutex = new KeyedMutex();
  /** The text of the file of which every change is known; undefined after a look at a moment in between. */
  #known: string | undefined;

  /** `path` is a file that is made when it is missing and never removed, since others may hold it open. */
  constructor(path: string) {
    this.#path = path;
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#mutex.run(this.#path, async () => {
      const file = await this.#lock();
      try {
        return await task();
      } finally {
        file.close();
      }
    });
  }

  async changing<T>(change: () => Promise<T>): Promise<T> {
    const before = await this.#read(), id = crypto.randomUUID();
    const own = `changing ${id}\n`, after = `changed ${id}\n`;
    await Deno.writeTextFile(this.#path, own);
    // To itself the change is none, unless there was one of another instance that it does not know of yet.
    if (this.#known === before) this.#known = own;
    try {
      return await change();
    } finally {
      await Deno.writeTextFile(this.#path, after);
      if (this.#known === own) this.#known = after;
    }
  }

  async changed(): Promise<boolean> {
    const found = await this.#read();
    if (found === this.#known) return false;
    this.#known = settled.test(found) ? found : undefined;
    return true;
  }

  /** The lock goes with the file's closing, and with the process if that dies (flock(2)). */
  async #lock(): Promise<Deno.FsFile> {
    let file: Deno.FsFile | undefined;
    try {
      await Deno.mkdir(dirname(this.#path), { recursive: true });
      file = await Deno.open(this.#path, { read: true, write: true, create: true });
      for (let waited = 0; !await file.tryLock(true); waited += retryMilliseconds) {
        if (waited >= maxWaitMilliseconds) throw new Error("another instance has held it for too long");
        await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
      }
      return file;
    } catch (cause) {
      file?.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ClaimRecordError(`Cannot get the lock ${this.#path}: ${reason}`, { cause });
    }
  }

  async #read(): Promise<string> {
    try {
      return await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}
