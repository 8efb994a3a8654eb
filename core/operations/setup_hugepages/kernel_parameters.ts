import { formatPageSize, type PageSize } from "../../values/page_size.ts";
import type { HugePageProvision, PageWish } from "./provision.ts";

/**
 * The kernel's parameters that reserve the same pages at boot, when memory is not in pieces yet
 * (Documentation/admin-guide/kernel-parameters.txt).
 *
 * Pages for a node are written `hugepages=<node>:<count>,…`, which kernels know since 5.16; pages without one are
 * spread by the kernel, over every node that has memory.
 */
export function kernelParameters({ pages, defaultPageSize }: HugePageProvision): string {
  const parameters = defaultPageSize === undefined ? [] : [defaultSizeParameter(defaultPageSize)];
  for (const [size, wishes] of Map.groupBy(pages, ({ pageSize }) => pageSize)) {
    parameters.push(`hugepagesz=${formatKernelPageSize(size)}`, `hugepages=${wishes.map(amount).join(",")}`);
  }
  return parameters.join(" ");
}

/** The parameter that sets the size of a hugepage that is asked for without one. */
export function defaultSizeParameter(size: PageSize): string {
  return `default_hugepagesz=${formatKernelPageSize(size)}`;
}

function amount({ numaNode, count }: PageWish): string {
  return numaNode === undefined ? `${count}` : `${numaNode}:${count}`;
}

/** As the documentation of the kernel writes it: `2M`. */
function formatKernelPageSize(size: PageSize): string {
  return formatPageSize(size).toUpperCase();
}
