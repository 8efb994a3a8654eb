import { replaceFile, type Replacement, requireReplaceable } from "./replace_file.ts";

/** A file that was replaced. */
export interface ReplacedFile {
  readonly path: string;
  /** Where the former one is kept; undefined when there was none. */
  readonly kept: string | undefined;
}

/**
 * Replaces files one after the other, see {@link replaceFile}, and when one of them cannot be, puts those before it
 * back. A crash in between leaves some replaced. Rejects with ConfigFileError.
 */
export async function replaceFiles(
  files: readonly { readonly path: string; readonly text: string }[],
  replacement: Replacement,
): Promise<ReplacedFile[]> {
  for (const { path } of files) await requireReplaceable(path);
  const replaced: ReplacedFile[] = [];
  try {
    for (const { path, text } of files) {
      replaced.push({ path, kept: await replaceFile(path, text, replacement) });
    }
    return replaced;
  } catch (error) {
    for (const file of replaced.toReversed()) await putBack(file);
    throw error;
  }
}

async function putBack({ path, kept }: ReplacedFile): Promise<void> {
  const real = await Deno.realPath(path);
  if (kept === undefined) await Deno.remove(real);
  else await Deno.rename(kept, real);
}
