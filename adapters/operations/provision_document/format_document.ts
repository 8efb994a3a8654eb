import { formatKubernetesPageSize } from "../../../core/values/page_size.ts";
import type { HugePageProvision } from "../../../core/operations/setup_hugepages/provision.ts";

/** Writes a provision as a document in one line of JSON, which is YAML as well. */
export function formatProvisionDocument({ name, pages, defaultPageSize }: HugePageProvision): string {
  return JSON.stringify({
    kind: "HugePageProvision",
    metadata: { name },
    spec: {
      pages: pages.map(({ pageSize, count, numaNode }) => ({
        size: formatKubernetesPageSize(pageSize),
        count: Number(count),
        node: numaNode,
      })),
      defaultHugepagesSize: defaultPageSize && formatKubernetesPageSize(defaultPageSize),
    },
  });
}
