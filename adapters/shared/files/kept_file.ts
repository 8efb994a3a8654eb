import { readBoundedFile, UnfitFileError } from "./bounded_file.ts";

/** The times of files are that coarse at most, on this machine's file systems: they are those of the kernel's timer. */
const settledMilliseconds = 1_000;

/** What tells one content of a file from another. */
interface Version {
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
  readonly modified: number;
}

/**
 * The text of a small file that others replace now and then, such as a token: kept in memory, and read again once the
 * file is another one. It is looked at on this thread, in less time than it takes to hand the work to another one.
 *
 * A file that was changed twice within one tick of the kernel's clock looks unchanged. So a text is only kept when
 * its file had not been touched for a second.
 */
export class KeptFile {
  readonly path: string;
  #kept: { readonly version: Version; readonly text: string } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** The text as it is now. Throws what {@link readBoundedFile} does, with the path. */
  read(): string {
    const kept = this.#kept;
    this.#kept = undefined;
    const version = versionOf(Deno.statSync(this.path));
    if (kept !== undefined && isSame(kept.version, version)) return (this.#kept = kept).text;
    const text = this.#textNow();
    const isSettled = Date.now() - version.modified > settledMilliseconds;
    if (isSettled) this.#kept = { version, text };
    return text;
  }

  /** Who asks for a text need not know of the file: what is wrong with it names it, as the system's errors do. */
  #textNow(): string {
    try {
      return new TextDecoder().decode(readBoundedFile(this.path));
    } catch (cause) {
      if (!(cause instanceof UnfitFileError)) throw cause;
      throw new UnfitFileError(`${this.path} ${cause.message}`, { cause });
    }
  }
}

function versionOf({ dev, ino, size, mtime }: Deno.FileInfo): Version {
  return { dev, ino, size, modified: mtime?.getTime() ?? Date.now() };
}

function isSame(one: Version, other: Version): boolean {
  return one.dev === other.dev && one.ino === other.ino && one.size === other.size &&
    one.modified === other.modified;
}
