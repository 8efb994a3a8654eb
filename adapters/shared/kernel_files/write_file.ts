import { osReason } from "../files/os_reason.ts";

/** A file of the kernel that did not take what was written. */
export class UnwritableFileError extends Error {
  override name = "UnwritableFileError";
  /** `code` is the system's name for the reason, as `EACCES`. */
  constructor(readonly path: string, readonly code: string, readonly reason: string, options?: ErrorOptions) {
    super(`Cannot write ${path}: ${reason}`, options);
  }
}

/**
 * Writes a value to a file that is there, in one write as the kernel wants it. Its own files ignore the truncation,
 * which those of a copied tree need. Throws {@link UnwritableFileError}.
 */
export async function writeValue(path: string, value: string): Promise<void> {
  try {
    const file = await Deno.open(path, { write: true, truncate: true });
    try {
      await file.write(new TextEncoder().encode(value));
    } finally {
      file.close();
    }
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new UnwritableFileError(path, codeOf(cause), osReason(cause), { cause });
  }
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
