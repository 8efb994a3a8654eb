import type { HugetlbLimit } from "../../../core/ports/pod_cgroup.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import { parseLimit } from "../../driver/cgroup/limit.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * The hugetlb limit of the cgroup that the container sees as its own root; undefined where that is not to be read, as
 * in a container without a cgroup namespace.
 */
export async function ownHugetlbLimit(
  size: PageSize,
  cgroupMount: string,
): Promise<HugetlbLimit | undefined> {
  const path = `${cgroupMount}/hugetlb.${formatCgroupPageSize(size)}.max`;
  const limit = await attempt(readText(path, (text) => {
    try {
      return parseLimit(text);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new ParseError(cause.message, { cause });
    }
  }));
  return limit instanceof UnreadableFileError ? undefined : limit;
}
