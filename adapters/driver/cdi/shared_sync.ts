import type { FileOperations } from "../../shared/files/file_operations.ts";

/**
 * The same operations, with one synchronization of a directory for all who ask while another is under way: it starts
 * after each of them has asked, so that what they had done before is durable when it ends.
 */
export function withSharedSync(operations: FileOperations): FileOperations {
  const directories = new Map<string, SharedSync>();
  return {
    create: (path) => operations.create(path),
    rename: (from, to) => operations.rename(from, to),
    remove: (path) => operations.remove(path),
    syncDirectory(path) {
      const directory = directories.get(path) ?? new SharedSync(() => operations.syncDirectory(path));
      directories.set(path, directory);
      return directory.run();
    },
  };
}

class SharedSync {
  readonly #sync: () => Promise<void>;
  #underWay: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  run(): Promise<void> {
    if (this.#underWay === undefined) return this.#start();
    const start = () => this.#start();
    return this.#next ??= this.#underWay.then(start, start);
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const underWay = this.#sync();
    this.#underWay = underWay;
    const ended = () => {
      if (this.#underWay === underWay) this.#underWay = undefined;
    };
    underWay.then(ended, ended);
    return underWay;
  }
}
