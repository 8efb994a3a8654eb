/** A file that is being written. */
export interface WritableFile {
  /** Writes at the current position and resolves with how many bytes were taken. */
  write(bytes: Uint8Array): Promise<number>;
  sync(): Promise<void>;
  close(): void;
}

/**
 * The system calls that make files durable, one by one, so that a test can end the process between any two of them.
 * They throw Deno's errors.
 */
export interface FileOperations {
  /** Opens a new or emptied file for writing. */
  create(path: string): Promise<WritableFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** A name in a directory is durable only once the directory itself is (fsync(2)). */
  syncDirectory(path: string): Promise<void>;
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
};
