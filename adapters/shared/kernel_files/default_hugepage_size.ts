import { type PageSize, pageSize } from "../../../core/values/page_size.ts";
import { meminfoAmount } from "./meminfo_amount.ts";
import { attempt, readText, UnreadableFileError } from "./read_file.ts";

const hugepagesize = meminfoAmount("Hugepagesize");

/** The size of a hugepage that a program gets when it names none; undefined where the kernel does not tell. */
export async function readDefaultHugepageSize(procfsRoot: string): Promise<PageSize | undefined> {
  const size = await attempt(readText(`${procfsRoot}/meminfo`, parseSize));
  return size instanceof UnreadableFileError ? undefined : size;
}

function parseSize(text: string): PageSize {
  return pageSize(hugepagesize(text));
}
