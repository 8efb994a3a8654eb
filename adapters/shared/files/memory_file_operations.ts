import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type FileOperations, systemFileOperations } from "./file_operations.ts";

/** What statfs(2) says of file systems that live in memory: tmpfs and ramfs. */
const memoryFileSystems: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/**
 * The operating system's operations for files in a directory, which need not be there yet. Where the file system is in
 * memory, as that of `/run` is, the kernel answers each of them at once, in less time than it takes to hand the work to
 * another thread and to be woken again: there they are done on this one. On a disk they may wait for it.
 */
export function fileOperationsIn(directory: string): FileOperations {
  return isInMemory(directory) ? memoryFileOperations : systemFileOperations;
}

function isInMemory(directory: string): boolean {
  try {
    return memoryFileSystems.has(statfsSync(directory).type);
  } catch (error) {
    // What is not there yet will be where its parent is; what cannot be asked is taken for a disk.
    const parent = dirname(directory);
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing && parent !== directory && isInMemory(parent);
  }
}

/** The same operations on this thread. What they throw comes by the promise, too. */
const memoryFileOperations: FileOperations = {
  makeReadableDirectory: systemFileOperations.makeReadableDirectory,
  create: (path) =>
    Promise.try(() => {
      const file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o644 });
      return {
        write: (bytes) => Promise.try(() => file.writeSync(bytes)),
        sync: () => Promise.try(() => file.syncSync()),
        close: () => file.close(),
      };
    }),
  rename: (from, to) => Promise.try(() => Deno.renameSync(from, to)),
  remove: (path) => Promise.try(() => Deno.removeSync(path)),
  syncDirectory: (path) =>
    Promise.try(() => {
      using directory = Deno.openSync(path);
      directory.syncSync();
    }),
  makeDirectory: (path) => Promise.try(() => Deno.mkdirSync(path, { recursive: true })),
  list: (path) =>
    Promise.try(() => [...Deno.readDirSync(path)].filter(({ isFile }) => isFile).map(({ name }) => name)),
  state: (path) =>
    Promise.try(() => {
      const { ino, mtime, size } = Deno.statSync(path);
      return { size, version: `${ino} ${mtime?.getTime()} ${size}` };
    }),
  read: (path) => Promise.try(() => Deno.readTextFileSync(path)),
  write: (path, text) => Promise.try(() => Deno.writeTextFileSync(path, text)),
  tryLock: (path) =>
    Promise.try(() => {
      const file = Deno.openSync(path, { read: true, write: true, create: true });
      try {
        if (file.tryLockSync(true)) return file;
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }),
};
