import { dirname } from "node:path";
import type { FileOperations } from "./file_operations.ts";

/**
 * Writes a file so that after a crash at any moment either the former content or the new one is there, whole.
 *
 * If it throws, no temporary file is left. The temporary file stands in the same directory: runtimes watch it for the
 * renaming, and do not notice a file that was moved in from elsewhere. Two writers of one path must not run at a time.
 */
export async function writeDurably(
  operations: FileOperations,
  path: string,
  temporaryPath: string,
  text: string,
): Promise<void> {
  const file = await operations.create(temporaryPath);
  try {
    try {
      const bytes = new TextEncoder().encode(text);
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      await file.sync();
    } finally {
      file.close();
    }
    await operations.rename(temporaryPath, path);
  } catch (error) {
    // On a full disk it would keep what little room there is; it may have been renamed, or be removed by others.
    await operations.remove(temporaryPath).catch(() => {});
    throw error;
  }
  await operations.syncDirectory(dirname(path));
}

/** Removes a file for good; one that is not there is no error. */
export async function removeDurably(operations: FileOperations, path: string): Promise<void> {
  try {
    await operations.remove(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await operations.syncDirectory(dirname(path));
}
