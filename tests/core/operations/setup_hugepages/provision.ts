import { numaNodeId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import type { HugePageProvision } from "../../../../core/operations/setup_hugepages/provision.ts";

/** A provision of entries of size, count and node. */
export function provisionOf(
  ...pages: readonly [size: string, count: bigint, node?: number][]
): HugePageProvision {
  return {
    name: "sample",
    pages: pages.map(([size, count, node], index) => ({
      where: `spec.pages[${index}]`,
      pageSize: parsePageSize(size),
      count,
      ...(node === undefined ? {} : { numaNode: numaNodeId(node) }),
    })),
  };
}
