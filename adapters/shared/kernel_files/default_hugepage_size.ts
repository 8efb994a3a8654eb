import { type PageSize, pageSize, PageSizeError } from "../../../core/values/page_size.ts";
import { ContentError } from "./content.ts";
import { meminfoAmount } from "./meminfo_amount.ts";
import { attempt, readText, UnreadableFileError } from "./read_file.ts";

const hugepagesize = meminfoAmount("Hugepagesize");

/** The size of a hugepage that a program gets when it names none; undefined where the kernel does not tell. */
export async function readDefaultHugepageSize(procfsRoot: string): Promise<PageSize | undefined> {
  const size = await attempt(readText(`${procfsRoot}/meminfo`, parseSize));
  return size instanceof UnreadableFileError ? undefined : size;
}

function parseSize(text: string): PageSize {
  try {
    return pageSize(hugepagesize(text));
  } catch (cause) {
    if (!(cause instanceof PageSizeError)) throw cause;
    throw new ContentError(cause.message, { cause });
  }
}
