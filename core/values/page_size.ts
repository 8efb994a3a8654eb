import type { Brand } from "./brand.ts";
import { formatQuantity } from "./quantity.ts";
import { quoted } from "./quoted.ts";
import { ParseError } from "./parse_error.ts";

/** The size of a memory page in bytes: a power of two of at least 1 KiB. */
export type PageSize = Brand<bigint, "PageSize">;

/** Units from the largest down, each with its letter. */
const units = [["g", 30n], ["m", 20n], ["k", 10n]] as const;

/** Takes a number of bytes as a page size. Throws {@link ParseError} if it cannot be one. */
export function pageSize(bytes: bigint): PageSize {
  if (bytes < 1024n || (bytes & (bytes - 1n)) !== 0n) {
    throw new ParseError(`Cannot use as a page size: ${bytes} bytes (no power of two of at least 1024)`);
  }
  return bytes as PageSize;
}

/** Prints a page size as devices and resources name it: `4k`, `64k`, `2m`, `1g`. */
export function formatPageSize(size: PageSize): string {
  for (const [letter, bits] of units) {
    if (size >= 1n << bits) return `${size >> bits}${letter}`;
  }
  throw new ParseError(`Cannot print the page size: ${size} bytes`);
}

/** Reads a page size as devices and resources name it, see {@link formatPageSize}. */
export function parsePageSize(text: string): PageSize {
  const [, count, letter] = /^(\d{1,4})([kmg])$/.exec(text) ?? [];
  const bits = units.find(([name]) => name === letter)?.[1];
  if (count === undefined || bits === undefined) {
    throw new ParseError(`Cannot parse page size: ${quoted(text)} (write it as 64k, 2m or 1g)`);
  }
  return pageSize(BigInt(count) << bits);
}

/**
 * Prints a page size as the kernel's hugetlb cgroup files and the container runtimes name it: `64KB`, `2MB`,
 * `1GB` (`mem_fmt` of mm/hugetlb_cgroup.c).
 */
export function formatCgroupPageSize(size: PageSize): string {
  return `${formatPageSize(size).toUpperCase()}B`;
}

/** Reads a page size as {@link formatCgroupPageSize} prints it. */
export function parseCgroupPageSize(text: string): PageSize {
  if (!/^\d+[KMG]B$/.test(text)) {
    throw new ParseError(
      `Cannot parse cgroup page size: ${quoted(text)} (write it as 64KB, 2MB or 1GB)`,
    );
  }
  return parsePageSize(text.slice(0, -1).toLowerCase());
}

/** Prints a page size as the kernel names the directory of its pool in sysfs: `hugepages-2048kB`. */
export function formatKernelDirectory(size: PageSize): string {
  return `hugepages-${size >> 10n}kB`;
}

/** Reads a page size from the name of a pool's directory in sysfs, see {@link formatKernelDirectory}. */
export function parseKernelDirectory(name: string): PageSize {
  const [, kibibytes] = /^hugepages-(\d{1,12})kB$/.exec(name) ?? [];
  if (kibibytes === undefined) {
    throw new ParseError(
      `Cannot parse hugepage directory: ${quoted(name)} (expected hugepages-<n>kB)`,
    );
  }
  return pageSize(BigInt(kibibytes) << 10n);
}

/** Prints a page size as Kubernetes writes it, the `2Mi` of `hugepages-2Mi`: wherever a person reads one. */
export function formatKubernetesPageSize(size: PageSize): string {
  return formatQuantity(size);
}
