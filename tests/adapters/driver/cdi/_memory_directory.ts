import { basename, dirname } from "node:path";
import type { FileOperations } from "../../../../adapters/shared/files/file_operations.ts";

/**
 * A directory in memory, each of whose system calls takes place at a moment that a test chooses. What several processes
 * do is told apart by {@link MemoryDirectory.process}, each of which can be stopped in the middle of what it does.
 */
export class MemoryDirectory {
  readonly files = new Map<string, { readonly text: string; readonly version: string }>();
  readonly #moment: () => Promise<unknown>;
  readonly #locks = new Map<string, object>();
  #versions = 0;

  constructor(moment: () => Promise<unknown>) {
    this.#moment = moment;
  }

  /** The texts of the files whose names end in some way, by name. */
  texts(ending: string): Map<string, string> {
    return new Map(
      [...this.files].flatMap(([path, { text }]) => path.endsWith(ending) ? [[basename(path), text]] : []),
    );
  }

  /** The system calls of one process. */
  process(): FileOperations {
    const at = async <T>(action: () => T): Promise<T> => {
      await this.#moment();
      return action();
    };
    return {
      create: (path) => at(() => this.#create(path, at)),
      rename: (from, to) => at(() => this.#rename(from, to)),
      remove: (path) => at(() => void (this.#file(path), this.files.delete(path))),
      syncDirectory: () => at(() => {}),
      makeDirectory: () => at(() => {}),
      makeReadableDirectory: () => at(() => {}),
      list: (path) =>
        at(() =>
          [...this.files.keys()].filter((file) => dirname(file) === path).map((file) => basename(file))
        ),
      state: (path) =>
        at(() => {
          const { text, version } = this.#file(path);
          return { size: text.length, version };
        }),
      read: (path) => at(() => this.#file(path).text),
      // The file is emptied first, and written then.
      write: async (path, text) => {
        await at(() => this.#put(path, ""));
        await at(() => this.#put(path, text));
      },
      tryLock: (path) =>
        at(() => {
          if (this.#locks.has(path)) return undefined;
          this.#locks.set(path, {});
          return { close: () => void this.#locks.delete(path) };
        }),
    };
  }

  #create(path: string, at: <T>(action: () => T) => Promise<T>) {
    this.#put(path, "");
    return {
      write: (bytes: Uint8Array) =>
        at(() => {
          this.#put(path, this.#file(path).text + new TextDecoder().decode(bytes));
          return bytes.length;
        }),
      sync: () => at(() => {}),
      close: () => {},
    };
  }

  #rename(from: string, to: string): void {
    const file = this.#file(from);
    this.files.delete(from);
    this.files.set(to, file);
  }

  #put(path: string, text: string): void {
    this.files.set(path, { text, version: String(this.#versions++) });
  }

  #file(path: string) {
    const file = this.files.get(path);
    if (file === undefined) throw new Deno.errors.NotFound(path);
    return file;
  }
}
