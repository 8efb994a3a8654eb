import { dirname } from "node:path";
import { messageOf } from "../../../core/values/message_of.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** Something that listens on a unix socket. */
export interface Listener {
  /** Accepts nothing more from now on. Resolves when its connections are gone as well. */
  close(): Promise<void>;
}

/** Listens on a unix socket at a path where nothing is yet. Rejects with what the runtime throws when it cannot. */
export type Listen = (path: string) => Promise<Listener>;

/** A unix socket could not be put at its path. */
export class UnixSocketError extends OperatorError {
  override name = "UnixSocketError";
}

/** What is at a socket's path: the socket itself, nothing, or what somebody else has put there. */
export type Occupant = "itself" | "nothing" | "other";

/** A listening unix socket and its file. */
export class UnixSocket {
  readonly #path: string;
  readonly #file: FileId;
  readonly #listener: Listener;
  #gone: Promise<void> | undefined;

  private constructor(path: string, file: FileId, listener: Listener) {
    this.#path = path;
    this.#file = file;
    this.#listener = listener;
  }

  /**
   * Listens at a path, in place of the socket that a former run may have left there; directories are made (0750,
   * as the kubelet makes its own).
   *
   * The socket is bound under a passing name and renamed when it listens. So nobody meets one that does not
   * answer; and when the runtime unlinks the name that it bound, as it does on closing, it is not the file of a
   * newer instance that goes. A crash between the two leaves a file whose name begins with a dot, which the kubelet
   * ignores. The file's mode is the given one by then. Throws {@link UnixSocketError}, also when there is something else than a socket at the path.
   */
  static async bind(path: string, listen: Listen, mode?: number): Promise<UnixSocket> {
    const directory = dirname(path);
    const passing = `${directory}/${passingName()}`;
    let listener: Listener | undefined;
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o750 });
      const stale = lstat(path);
      if (stale !== undefined && !stale.isSocket) {
        throw new UnixSocketError(`${path} is there and is no socket (remove it)`);
      }
      listener = await listen(passing);
      if (mode !== undefined) await Deno.chmod(passing, mode);
      const file = fileId(await Deno.lstat(passing));
      await Deno.rename(passing, path);
      return new UnixSocket(path, file, listener);
    } catch (cause) {
      await listener?.close();
      const reason = messageOf(cause);
      throw new UnixSocketError(`Cannot listen at ${path}: ${reason}`, { cause });
    }
  }

  /** What is at the path now, looked up on this thread: it is asked often, also when there is nothing else to do. While the socket is open no other file can have its inode number. */
  occupant(): Occupant {
    const found = lstat(this.#path);
    if (found === undefined) return "nothing";
    const { dev, ino } = fileId(found);
    return dev === this.#file.dev && ino === this.#file.ino ? "itself" : "other";
  }

  /**
   * Removes the socket's file, if it is still its own, and accepts nothing more. Connections stay; ending them is
   * up to who serves them. Throws {@link UnixSocketError} when the file cannot be removed.
   */
  async withdraw(): Promise<void> {
    try {
      if (this.occupant() === "itself") await Deno.remove(this.#path);
    } catch (cause) {
      // Not there: somebody else was quicker, by a hair.
      if (!(cause instanceof Deno.errors.NotFound)) {
        throw new UnixSocketError(`Cannot remove ${this.#path}`, { cause });
      }
    } finally {
      this.#gone = this.#listener.close();
    }
  }

  /** After {@link withdraw}: resolves when the last connection has ended. */
  async gone(): Promise<void> {
    await this.#gone;
  }
}

interface FileId {
  readonly dev: number;
  readonly ino: number | null;
}

function fileId({ dev, ino }: Deno.FileInfo): FileId {
  return { dev, ino };
}

function lstat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** No longer than `dra.sock`, so that it fits wherever the final name does. */
function passingName(): string {
  const letters = crypto.getRandomValues(new Uint8Array(7));
  return `.${Array.from(letters, (byte) => (byte % 36).toString(36)).join("")}`;
}
