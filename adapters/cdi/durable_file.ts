import { dirname } from "node:path";

/**
 * Writes a file so that after a crash at any moment either the former content or the new one is there, whole.
 *
 * The temporary file stands in the same directory: runtimes watch it for the renaming, and do not notice a file
 * that was moved in from elsewhere. Two writers of one path must not run at a time. Needs all permissions of a
 * writer on the directory.
 */
export async function writeDurably(path: string, temporaryPath: string, text: string): Promise<void> {
  const file = await Deno.open(temporaryPath, { write: true, create: true, truncate: true, mode: 0o644 });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(temporaryPath, path);
  await syncDirectory(dirname(path));
}

/** Removes a file for good; one that is not there is no error. */
export async function removeDurably(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** A name in a directory is durable only once the directory itself is (fsync(2)). */
async function syncDirectory(path: string): Promise<void> {
  const directory = await Deno.open(path);
  try {
    await directory.sync();
  } finally {
    directory.close();
  }
}
