import { withoutPadding } from "./content.ts";
import { osReason } from "../files/os_reason.ts";
import { ParseError } from "../../../core/values/parse_error.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** A file or directory that could not be read, or a file that holds something else than it should. */
export class UnreadableFileError extends OperatorError {
  override name = "UnreadableFileError";
  constructor(readonly path: string, readonly reason: string, options?: ErrorOptions) {
    super(`Cannot read ${path}: ${reason}`, options);
  }
}

/** Many times what the largest of these files has on the largest machine. */
const maxBytes = 1 << 20;

/**
 * Reads a file of at most 1 MiB and parses its content. Needs Deno's `--allow-all` under /proc and /sys.
 *
 * Only regular files are opened, as the kernel's own are: a pipe or a device in a copied tree is refused
 * instead of waited for. A file that grows between the look at its size and the reading is read to its end and
 * refused then. It is read on this thread: the kernel makes such a file up at once, in less time than it takes to hand
 * the work to another thread. Throws {@link UnreadableFileError}, also for the {@link ParseError} of the parser.
 */
export async function readFile<T>(path: string, parse: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await reading(path, () => {
    const { isFile, isDirectory, size } = Deno.statSync(path);
    if (isDirectory) throw new ParseError("is a directory");
    if (!isFile) throw new ParseError("is no regular file");
    // The kernel gives 0 or a page as the size of its own files, whatever they hold.
    return size > maxBytes ? undefined : Deno.readFileSync(path);
  });
  if (bytes === undefined || bytes.length > maxBytes) {
    throw new UnreadableFileError(path, `holds more than ${maxBytes} bytes`);
  }
  try {
    return parse(bytes);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new UnreadableFileError(path, cause.message, { cause });
  }
}

/** Reads a file as {@link readFile} does, as text without its padding, see {@link withoutPadding}. */
export async function readText<T>(path: string, parse: (text: string) => T): Promise<T> {
  return await readFile(path, (bytes) => parse(withoutPadding(new TextDecoder().decode(bytes))));
}

/** Of a file whose first line tells enough: the rest may take the kernel long, as that of a large process's numa_maps. */
const beginningBytes = 4096;

/** Reads the beginning of a file, at most 4 KiB, as text. Throws {@link UnreadableFileError}. */
export async function readBeginning(path: string): Promise<string> {
  return await reading(path, () => {
    using file = Deno.openSync(path);
    const buffer = new Uint8Array(beginningBytes);
    return new TextDecoder().decode(buffer.subarray(0, file.readSync(buffer) ?? 0));
  });
}

/** The names in a directory, in no particular order. Throws {@link UnreadableFileError}. */
export async function listDirectory(path: string): Promise<string[]> {
  return await reading(path, async () => (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name));
}

/** Resolves with the error instead of rejecting, so that one unreadable file does not hide its neighbors. */
export async function attempt<T>(result: Promise<T>): Promise<T | UnreadableFileError> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof UnreadableFileError) return error;
    throw error;
  }
}

/** Whether nothing of that name exists, as opposed to something that cannot be read. */
export function isMissing(error: UnreadableFileError): boolean {
  return error.cause instanceof Deno.errors.NotFound;
}

async function reading<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new UnreadableFileError(path, osReason(cause), { cause });
  }
}
