import { type PageSize, pageSize } from "../values/page_size.ts";

/** The processors of a machine, as far as the sizes of their pages differ. */
export type Architecture = "x86" | "arm64" | "ppc64" | "s390x" | "ia64" | "loongarch64" | "sparc64" | "other";

const Ki = 1n << 10n, Mi = 1n << 20n;

/**
 * The size of a base page that a kernel most likely has, by what else is known of its machine: for copies of a machine
 * that lack what the kernel itself says. Architectures with one size have it. Where a kernel is built for one of
 * several, the hugepage sizes tell: a page table is one base page of 8-byte entries, so that one entry of the level
 * above covers 2 MiB with base pages of 4 KiB, 32 MiB with 16 KiB and 512 MiB with 64 KiB; arm64 has 64 KiB hugepages
 * only with 4 KiB (Documentation/arch/arm64/hugetlbpage.rst), and so has ppc64. Otherwise it is the size of most
 * distributions.
 */
export function inferredPageSize(
  architecture: Architecture | undefined,
  hugepageSizes: readonly PageSize[],
): PageSize {
  const has = (bytes: bigint) => hugepageSizes.some((size) => size === bytes);
  switch (architecture) {
    case "x86":
    case "s390x":
      return pageSize(4n * Ki);
    case "ia64":
      return pageSize(16n * Ki);
    case "sparc64":
      return pageSize(8n * Ki);
    case "ppc64":
      return pageSize(has(64n * Ki) ? 4n * Ki : 64n * Ki);
  }
  if (has(64n * Ki)) return pageSize(4n * Ki);
  if (has(512n * Mi)) return pageSize(64n * Ki);
  if (has(32n * Mi)) return pageSize(16n * Ki);
  // Without a known architecture: the sizes of ppc64 with a hash table, and of ia64.
  if (architecture === undefined && has(16n * Mi)) return pageSize(64n * Ki);
  if (architecture === undefined && has(256n * Mi)) return pageSize(16n * Ki);
  return pageSize(architecture === "loongarch64" && !has(2n * Mi) ? 16n * Ki : 4n * Ki);
}
