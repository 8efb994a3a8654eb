import { dirname } from "node:path";
import { messageOf } from "../../../core/values/message_of.ts";

/** Another instance of the driver runs on this node that this one cannot run beside. */
export class NodeLockError extends Error {
  override name = "NodeLockError";
}

/**
 * Keeps two drivers from taking the kubelet's sockets from each other. Those that share the node during an update hold
 * the lock together, and one that is alone holds it alone. The kernel gives it up when a process ends in whichever way
 * (flock(2)). The file is made when it is missing and never removed, since others may hold it open.
 */
export class NodeLock {
  readonly #path: string;
  readonly #isShared: boolean;
  #file: Deno.FsFile | undefined;

  constructor(path: string, isShared: boolean) {
    this.#path = path;
    this.#isShared = isShared;
  }

  /** Takes the lock. Throws {@link NodeLockError} when another instance holds it, or when it cannot be had at all. */
  async start(): Promise<void> {
    const file = await this.#open();
    if (await file.tryLock(!this.#isShared)) {
      this.#file = file;
      return;
    }
    file.close();
    throw new NodeLockError(
      `Cannot run on this node: another dramemory daemon does, and holds ${this.#path} (stop that one first, or run ` +
        `both with --rolling-update, as in an update)`,
    );
  }

  stop(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  async #open(): Promise<Deno.FsFile> {
    try {
      await Deno.mkdir(dirname(this.#path), { recursive: true, mode: 0o750 });
      return await Deno.open(this.#path, { write: true, create: true });
    } catch (cause) {
      const reason = messageOf(cause);
      throw new NodeLockError(
        `Cannot use ${this.#path}: ${reason} (is --kubelet-root right, and is this root?)`,
        {
          cause,
        },
      );
    }
  }
}
