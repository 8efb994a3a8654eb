import type { NumaNodeId, PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";

/** What a pod's cgroup has of one hugepage size, in bytes. */
export interface PodHugetlbUse {
  readonly pod: PodUid;
  /** What all containers of the pod together may use; more than 0. */
  readonly limit: bigint;
  /** What they use. */
  readonly used: bigint;
  /** The nodes that they may take it from; undefined where that is not known, as before they are there. */
  readonly nodes: readonly NumaNodeId[] | undefined;
}

/** The pods of this node, with claims or without, as the kernel limits them. */
export interface PodHugetlb {
  /** The pods that may use pages of a size. Those that have no limit, or whose files cannot be read, are left out. */
  list(pageSize: PageSize): Promise<readonly PodHugetlbUse[]>;
}
