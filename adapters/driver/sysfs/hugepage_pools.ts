import {
  formatKernelDirectory,
  type PageSize,
  parseKernelDirectory,
} from "../../../core/values/page_size.ts";
import type { HugepagePool } from "../../../core/topology/topology.ts";
import { excerpt, parseCount } from "../../shared/kernel_files/content.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** Something that could not be read, and the page sizes whose pools are therefore not known. */
export interface PoolFailure {
  readonly error: UnreadableFileError;
  readonly pageSizes: readonly PageSize[] | "every size";
}

/** The hugepage sizes that have a directory, ascending. */
export interface PoolSizes {
  readonly pageSizes: readonly PageSize[];
  readonly failures: readonly PoolFailure[];
}

/** The hugepage pools of a NUMA node. */
export interface PoolReadings extends PoolSizes {
  /** Those that could be read, by ascending page size. */
  readonly pools: readonly HugepagePool[];
}

/** Larger than any huge page of any architecture: 4 TiB, on arm64 with base pages of 64 KiB. */
const maxPageSize = 1n << 42n;

/**
 * Reads the pools below `nodeN/hugepages` or `kernel/mm/hugepages`: one directory `hugepages-<size>kB` for each
 * size (Documentation/admin-guide/mm/hugetlbpage.rst). Never rejects for what is in there.
 */
export async function readHugepagePools(directory: string): Promise<PoolReadings> {
  const { pageSizes, failures } = await readPoolSizes(directory);
  const results = await Promise.all(
    pageSizes.map(async (size) => ({ size, result: await readPool(directory, size) })),
  );
  const pools: HugepagePool[] = [], poolFailures: PoolFailure[] = [];
  for (const { size, result } of results) {
    if (result instanceof UnreadableFileError) poolFailures.push({ error: result, pageSizes: [size] });
    else pools.push(result);
  }
  return { pageSizes, pools, failures: [...failures, ...poolFailures] };
}

/**
 * Lists the sizes below such a directory. Without the directory there are none: the kernel has no support for
 * hugepages, or the node no memory. Never rejects for what is in there.
 */
export async function readPoolSizes(directory: string): Promise<PoolSizes> {
  const names = await attempt(listDirectory(directory));
  if (names instanceof UnreadableFileError) {
    return { pageSizes: [], failures: isMissing(names) ? [] : [{ error: names, pageSizes: "every size" }] };
  }
  const pageSizes: PageSize[] = [], failures: PoolFailure[] = [];
  // Whatever else a kernel or a file manager puts there is no pool.
  for (const name of names.filter((name) => name.startsWith("hugepages-")).sort()) {
    try {
      pageSizes.push(parsePoolName(name));
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      const error = new UnreadableFileError(`${directory}/${name}`, cause.message, { cause });
      failures.push({ error, pageSizes: [] });
    }
  }
  return { pageSizes: pageSizes.sort((a, b) => Number(a - b)), failures };
}

/**
 * Reads how many free pages of each size mappings have reserved and not touched, from `kernel/mm/hugepages`, the only
 * place that tells (`resv_hugepages`). What cannot be read is left out, and so is a size without any.
 */
export async function readReservedPages(
  directory: string,
  sizes: readonly PageSize[],
): Promise<Map<PageSize, bigint>> {
  const counts = await Promise.all(sizes.map(async (size) => {
    const path = `${directory}/${formatKernelDirectory(size)}/resv_hugepages`;
    return [size, await attempt(readText(path, parseCount))] as const;
  }));
  return new Map(
    counts.flatMap(([size, pages]) =>
      pages instanceof UnreadableFileError || pages === 0n ? [] : [[size, pages]]
    ),
  );
}

/**
 * Reads the size from the name of a pool's directory. Throws {@link ParseError}, also for sizes that no
 * kernel has.
 */
export function parsePoolName(name: string): PageSize {
  try {
    const size = parseKernelDirectory(name);
    if (size <= maxPageSize && formatKernelDirectory(size) === name) return size;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
  }
  throw new ParseError(`expected hugepages-<size>kB, found ${excerpt(name)}`);
}

/**
 * Reads the pool of one size. Looks twice if the numbers contradict each other: the kernel can change them between
 * two files. Never rejects for what is in there.
 */
export async function readPool(
  directory: string,
  pageSize: PageSize,
): Promise<HugepagePool | UnreadableFileError> {
  const path = `${directory}/${formatKernelDirectory(pageSize)}`;
  const first = await readCounts(path, pageSize);
  const pool = contradiction(first) === undefined ? first : await readCounts(path, pageSize);
  const reason = contradiction(pool);
  return reason === undefined ? pool : new UnreadableFileError(path, reason);
}

async function readCounts(path: string, pageSize: PageSize): Promise<HugepagePool | UnreadableFileError> {
  const count = (name: string) => attempt(readText(`${path}/${name}_hugepages`, parseCount));
  const [total, free, surplus] = await Promise.all([count("nr"), count("free"), count("surplus")]);
  if (total instanceof UnreadableFileError) return total;
  if (free instanceof UnreadableFileError) return free;
  if (surplus instanceof UnreadableFileError) return surplus;
  return { pageSize, total, free, surplus };
}

function contradiction(pool: HugepagePool | UnreadableFileError): string | undefined {
  if (pool instanceof UnreadableFileError || (pool.free <= pool.total && pool.surplus <= pool.total)) {
    return undefined;
  }
  return `of ${pool.total} pages cannot be ${pool.free} free and ${pool.surplus} surplus`;
}
