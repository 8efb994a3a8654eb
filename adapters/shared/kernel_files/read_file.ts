import { withoutPadding } from "./content.ts";
import { readBoundedFile, regularFile } from "../files/bounded_file.ts";
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

/**
 * Reads a file as {@link readBoundedFile} does and parses its content. Needs Deno's `--allow-all` under /proc and /sys.
 * Throws {@link UnreadableFileError}, also for the {@link ParseError} of the parser.
 */
export async function readFile<T>(path: string, parse: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await reading(path, () => readBoundedFile(path));
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
    regularFile(path);
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

/** Whether it is there, and only others may read it. */
export function isForbidden(error: UnreadableFileError): boolean {
  return error.cause instanceof Deno.errors.PermissionDenied;
}

async function reading<T>(path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new UnreadableFileError(path, osReason(cause), { cause });
  }
}
