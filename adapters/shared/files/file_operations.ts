import { makeContainerReadable } from "./container_readable.ts";

/** A file that is being written. */
export interface WritableFile {
  /** Writes at the current position and resolves with how many bytes were taken. */
  write(bytes: Uint8Array): Promise<number>;
  sync(): Promise<void>;
  close(): void;
}

/** What is told of a file without reading it. */
export interface FileState {
  readonly size: number;
  /** Another one whenever another file was put in its place. */
  readonly version: string;
}

/** A lock on a file, held until it is closed. */
export interface FileLock {
  close(): void;
}

/**
 * The system calls that make files durable, one by one, so that a test can end the process between any two of them, or
 * have another one go on there. They throw Deno's errors.
 */
export interface FileOperations {
  /** Opens a new or emptied file for writing. */
  create(path: string): Promise<WritableFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** A name in a directory is durable only once the directory itself is (fsync(2)). */
  syncDirectory(path: string): Promise<void>;
  /** Makes a directory and those above it; one that is there is no error. */
  makeDirectory(path: string): Promise<void>;
  /** The same, for files that containers are to read: see {@link makeContainerReadable}. */
  makeReadableDirectory(path: string): Promise<void>;
  /** The names of the files in a directory. */
  list(path: string): Promise<string[]>;
  state(path: string): Promise<FileState>;
  read(path: string): Promise<string>;
  /** Writes a file that need not survive a crash; who reads meanwhile may find a part of it. */
  write(path: string, text: string): Promise<void>;
  /**
   * Tries to lock a file, which is made when it is missing, against other processes; undefined when one holds the lock.
   * The lock goes with its closing, and with the process if that dies (flock(2)).
   */
  tryLock(path: string): Promise<FileLock | undefined>;
}

/** The operating system's. */
export const systemFileOperations: FileOperations = {
  create: (path) => Deno.open(path, { write: true, create: true, truncate: true, mode: 0o644 }),
  rename: Deno.rename,
  remove: (path) => Deno.remove(path),
  syncDirectory: async (path) => {
    const directory = await Deno.open(path);
    try {
      await directory.sync();
    } finally {
      directory.close();
    }
  },
  makeDirectory: (path) => Deno.mkdir(path, { recursive: true }),
  makeReadableDirectory: (path) => Promise.try(() => makeContainerReadable(path)),
  list: async (path) =>
    (await Array.fromAsync(Deno.readDir(path))).filter(({ isFile }) => isFile).map(({ name }) => name),
  state: async (path) => {
    const { ino, mtime, size } = await Deno.stat(path);
    return { size, version: `${ino} ${mtime?.getTime()} ${size}` };
  },
  read: (path) => Deno.readTextFile(path),
  write: (path, text) => Deno.writeTextFile(path, text),
  tryLock: async (path) => {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    try {
      if (await file.tryLock(true)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  },
};
