import type { ArchiveEntry } from "../../adapters/operations/archive/tar.ts";
import { ElfError, type ElfFile, parseElf } from "./elf.ts";
import { ImageError } from "./image_error.ts";

/** The program that an image is for. */
export interface Program {
  readonly elf: ElfFile;
  readonly entry: ArchiveEntry;
}

/** Reads a program to be put at `path` of the image. Rejects with {@link ImageError}; `remedy` tells how to make it. */
export async function readProgram(binary: string, path: string, remedy: string): Promise<Program> {
  try {
    const content = await Deno.readFile(binary);
    return { elf: parseElf(content), entry: { path, type: "file", content, mode: 0o755 } };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new ImageError(`Cannot read ${binary}: there is none (${remedy})`, { cause });
    }
    if (cause instanceof ElfError) throw new ImageError(`Cannot use ${binary}: ${cause.message}`, { cause });
    throw cause;
  }
}
