import { dirname } from "node:path";
import { KeyedMutex } from "../../../core/claims/keyed_mutex.ts";
import { CheckpointBusyError, ClaimCheckpointError } from "../../../core/ports/claim_checkpoint.ts";
import {
  type FileLock,
  type FileOperations,
  systemFileOperations,
} from "../../shared/files/file_operations.ts";
import { messageOf } from "../../../core/values/message_of.ts";

import type { Instances } from "./instances.ts";

const retryMilliseconds = 5;
/** Well within the 45 seconds that the kubelet waits. */
const usualWaitMilliseconds = 10_000;

/** What stands in the file between two changes, whole. */
const settled = /^changed [0-9a-f-]{36}\n$/;

/** What of the file system such instances need. */
export type SharedFile = Pick<FileOperations, "makeDirectory" | "read" | "write" | "tryLock">;

/**
 * Instances on one node that take turns by a lock on a file, as in a rolling update.
 *
 * The file names the last change, so that looking for changes of others costs one small read however many claims
 * there are. That is done without the lock, since a container that starts cannot wait for it; so the file also says
 * while a change is under way, and who looks then has to look again.
 */
export class SharedInstances implements Instances {
  readonly #path: string;
  readonly #file: SharedFile;
  readonly #maxWaitMilliseconds: number;
  readonly #mutex = new KeyedMutex();
  /** The text of the file of which every change is known; undefined after a look at a moment in between. */
  #known: string | undefined;

  /** `path` is a file that is made when it is missing and never removed, since others may hold it open. */
  constructor(
    path: string,
    file: SharedFile = systemFileOperations,
    maxWaitMilliseconds = usualWaitMilliseconds,
  ) {
    this.#path = path;
    this.#file = file;
    this.#maxWaitMilliseconds = maxWaitMilliseconds;
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#mutex.run(this.#path, async () => {
      const lock = await this.#lock();
      try {
        return await task();
      } finally {
        lock.close();
      }
    });
  }

  /** To itself a change is none, unless it failed, or there was one of another instance that is not known yet. */
  async changing<T>(change: () => Promise<T>): Promise<T> {
    const before = await this.#read(), id = crypto.randomUUID();
    const own = `changing ${id}\n`, after = `changed ${id}\n`;
    await this.#file.write(this.#path, own);
    if (this.#known === before) this.#known = own;
    let result: T;
    try {
      result = await change();
    } catch (error) {
      this.#known = undefined;
      await this.#file.write(this.#path, after);
      throw error;
    }
    await this.#file.write(this.#path, after);
    if (this.#known === own) this.#known = after;
    return result;
  }

  async unseen(): Promise<(() => void) | undefined> {
    const found = await this.#read();
    if (found === this.#known) return undefined;
    return () => {
      this.#known = settled.test(found) ? found : undefined;
    };
  }

  async #lock(): Promise<FileLock> {
    try {
      await this.#file.makeDirectory(dirname(this.#path));
      const end = performance.now() + this.#maxWaitMilliseconds;
      for (;;) {
        const lock = await this.#file.tryLock(this.#path);
        if (lock !== undefined) return lock;
        if (performance.now() >= end) {
          throw new CheckpointBusyError(
            `Cannot get the lock ${this.#path}: another instance has held it for too long`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
      }
    } catch (cause) {
      if (cause instanceof CheckpointBusyError) throw cause;
      throw new ClaimCheckpointError(`Cannot get the lock ${this.#path}: ${messageOf(cause)}`, { cause });
    }
  }

  async #read(): Promise<string> {
    try {
      return await this.#file.read(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}
