import { join } from "node:path";
import { formatCgroupPageSize, type PageSize, parseCgroupPageSize } from "../../../core/values/page_size.ts";
import type { HugetlbLimit } from "../../../core/ports/pod_cgroup.ts";
import { parseByteCount, parseLimit } from "./limit.ts";
import { withoutPadding } from "../../shared/kernel_files/content.ts";
import { isUnknown } from "./subdirectories.ts";

/** What a cgroup has of one hugepage size, in bytes; undefined is what the kernel does not tell. */
export interface HugetlbCounts {
  readonly pageSize: PageSize;
  readonly limit: HugetlbLimit | undefined;
  readonly reservationLimit: HugetlbLimit | undefined;
  readonly current: bigint | undefined;
  readonly reserved: bigint | undefined;
  /** Which of both the kernel counts below zero: it takes off what it never added. They are undefined then. */
  readonly belowZero: readonly ("current" | "reserved")[];
  /** How often the limit of this cgroup or of one below was met. */
  readonly limitHits: bigint | undefined;
}

/** Whether it is no count: no machine has as much. A difference wrapped around at 2^64, as in `numa_stat` before Linux 7.3. */
export function isWrapped(bytes: bigint): boolean {
  return bytes >= 1n << 62n;
}

/** Reads the hugetlb files of a cgroup (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB"), by ascending page size. */
export async function readHugetlbCounts(directory: string): Promise<HugetlbCounts[]> {
  const sizes = await sizesIn(directory);
  return await Promise.all(sizes.map(async (pageSize) => {
    const read = <T>(file: string, parse: (text: string) => T) =>
      readOwn(join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}.${file}`), parse);
    const [limit, reservationLimit, current, reserved, limitHits] = await Promise.all([
      read("max", parseLimit),
      read("rsvd.max", parseLimit),
      read("current", parseByteCount),
      read("rsvd.current", parseByteCount),
      read("events", parseEvents),
    ]);
    const counts = { current, reserved };
    const belowZero = (["current", "reserved"] as const).filter((name) => isWrapped(counts[name] ?? 0n));
    for (const name of belowZero) counts[name] = undefined;
    return { pageSize, limit, reservationLimit, ...counts, limitHits, belowZero };
  }));
}

/**
 * Reads and parses a file of a cgroup, on this thread: the kernel answers at once, and a look at all containers takes some
 * thirty files of each. Undefined when there is none, or something else in it. The kernel has plain
 * files alone: a link, which a copied tree can have, could lead anywhere and is not followed.
 */
// deno-lint-ignore require-await -- what cannot be read otherwise is a rejection
export async function readOwn<T>(path: string, parse: (text: string) => T): Promise<T | undefined> {
  try {
    if (!Deno.lstatSync(path).isFile) return undefined;
    return parse(withoutPadding(Deno.readTextFileSync(path)));
  } catch (error) {
    if (isUnknown(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseEvents(text: string): bigint | undefined {
  const [, count] = /^max (\d{1,19})$/m.exec(text) ?? [];
  return count === undefined ? undefined : BigInt(count);
}

async function sizesIn(directory: string): Promise<PageSize[]> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
    return names.flatMap((name) => {
      const [, size] = /^hugetlb\.([1-9]\d{0,2}[KMG]B)\.max$/.exec(name) ?? [];
      return size === undefined ? [] : [parseCgroupPageSize(size)];
    }).sort((a, b) => Number(a - b));
  } catch (error) {
    if (isUnknown(error)) return [];
    throw error;
  }
}
