import { dirname } from "node:path";

/**
 * Replaces a small file in one piece, on this thread: for what a container waits for, where handing it over would take
 * longer. Nothing waits for the disk, so that the file outlives the process and not a crash of the machine. Only the
 * owner may read it; its directory is made if need be, and nothing is left beside it. Throws what the system says.
 */
export function replaceQuickly(path: string, text: string): void {
  const temporary = path + temporarySuffix;
  const write = () => Deno.writeTextFileSync(temporary, text, { mode: 0o600 });
  try {
    try {
      write();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(dirname(path), { recursive: true });
      write();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeQuickly(temporary);
    throw error;
  }
}

/** Removes what {@link replaceQuickly} wrote, also of a write that was cut short. Throws what the system says. */
export function removeQuickly(path: string): void {
  for (const each of [path, path + temporarySuffix]) {
    try {
      Deno.removeSync(each);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    }
  }
}

const temporarySuffix = ".tmp";
