/** A file that is there and is not read. The message says why, to stand behind `Cannot read PATH: `. */
export class UnfitFileError extends Error {
  override name = "UnfitFileError";
}

/** Many times what the largest file that is read here has on the largest machine. */
const usualMaxBytes = 1 << 20;

/**
 * Reads a file of at most so many bytes (1 MiB).
 *
 * Only regular files are opened, as the kernel's own are: a pipe or a device is refused instead of waited for. Only
 * `/dev/null` is an empty file, which stands for none on many a command line. A file that grows between the look at its size
 * and the reading is read to its end and refused then. It is read on this thread: a small file is there in less time than it
 * takes to hand the work to another one. Throws Deno's errors and {@link UnfitFileError}.
 */
export function readBoundedFile(path: string, maxBytes = usualMaxBytes): Uint8Array {
  if (path === "/dev/null") return new Uint8Array();
  const { size } = regularFile(path);
  // The kernel gives 0 or a page as the size of its own files, whatever they hold.
  const bytes = size > maxBytes ? undefined : Deno.readFileSync(path);
  if (bytes !== undefined && bytes.length <= maxBytes) return bytes;
  throw new UnfitFileError(`holds more than ${maxBytes} bytes`);
}

/** Looks at what is to be opened as a file. Throws Deno's errors, and {@link UnfitFileError} when it is none. */
export function regularFile(path: string): Deno.FileInfo {
  const info = Deno.statSync(path);
  if (info.isFile) return info;
  if (info.isDirectory) throw new UnfitFileError("is a directory");
  const kind = info.isFifo ? "pipe" : info.isSocket ? "socket" : "device";
  throw new UnfitFileError(`is a ${kind}, and no regular file`);
}
