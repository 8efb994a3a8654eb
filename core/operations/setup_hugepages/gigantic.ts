import type { PageSize } from "../../values/page_size.ts";

/** The largest piece that the kernel's allocator keeps, by the size of a base page (`MAX_PAGE_ORDER` of each architecture). */
const largestPieces: Readonly<Record<string, bigint>> = {
  [`${4n << 10n}`]: 4n << 20n,
  [`${16n << 10n}`]: 32n << 20n,
  [`${64n << 10n}`]: 512n << 20n,
};

/**
 * Whether pages of a size are gigantic, as mm/hugetlb.c calls them: put together of several of the allocator's pieces.
 * For them the kernel looks on the node that is asked, also where the process that asks may take no memory
 * (`alloc_contig_pages`), and never in ZONE_MOVABLE.
 */
export function isGigantic(size: PageSize, basePage: PageSize): boolean {
  return size > (largestPieces[`${basePage}`] ?? 4n << 20n);
}
