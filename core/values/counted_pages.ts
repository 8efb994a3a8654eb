import { formatKubernetesPageSize, type PageSize } from "./page_size.ts";

/** So many pages of a size, in words: `1 page of 2Mi`, `3 pages of 1Gi`. */
export function countedPages(count: bigint, size: PageSize): string {
  return `${count} ${count === 1n ? "page" : "pages"} of ${formatKubernetesPageSize(size)}`;
}
