import type { ContainerId, NumaNodeId, PodUid } from "../../values/ids.ts";
import type { PageSize } from "../../values/page_size.ts";
import type { HugetlbLimit } from "../../ports/pod_cgroup.ts";

/** What a container has of a hugepage size, in bytes; undefined is what the kernel does not tell. */
export interface HugetlbUse {
  readonly pageSize: PageSize;
  readonly limit: HugetlbLimit | undefined;
  /** That of its pod, which binds it as well. */
  readonly podLimit: HugetlbLimit | undefined;
  readonly current: bigint | undefined;
  readonly byNode: ReadonlyMap<NumaNodeId, bigint> | undefined;
}

/** What a container has of a node's ordinary memory, in bytes. */
export interface NodeMemoryUse {
  readonly numaNode: NumaNodeId;
  /** What its processes allocated for themselves. */
  readonly anonymous: bigint;
  /** The cache of files, shared memory included. */
  readonly file: bigint;
  /** Page tables, stacks and slabs of the kernel. */
  readonly kernel: bigint;
}

/** Where a container's memory comes from and is, by the kernel's own account. */
export interface ContainerMemory {
  /**
   * The nodes that it may use; undefined where no cpuset controller holds it, `elsewhere` where that controller is in
   * another hierarchy (cgroup v1), which is not looked at.
   */
  readonly mems: readonly number[] | "elsewhere" | undefined;
  /** Every size that there are files for. */
  readonly hugetlb: readonly HugetlbUse[];
  readonly memory: readonly NodeMemoryUse[] | undefined;
}

/** Asks the kernel about containers, as they are at that moment. */
export interface ContainerMemorySource {
  /** Undefined when the container is not found, as after its end. */
  read(pod: PodUid, container: ContainerId): Promise<ContainerMemory | undefined>;
}
