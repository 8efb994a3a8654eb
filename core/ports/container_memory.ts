import type { ContainerId, NumaNodeId, PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { MemoryLimits } from "../claims/memory_limits.ts";
import type { HugetlbLimit } from "./pod_cgroup.ts";

/** Which nodes hugepages are on. */
export type HugetlbByNode =
  | { readonly kind: "counted"; readonly bytes: ReadonlyMap<NumaNodeId, bigint> }
  /** The kernel's figures, which can be of nodes that the pages have left. */
  | { readonly kind: "doubtful"; readonly bytes: ReadonlyMap<NumaNodeId, bigint> }
  /** What the kernel says is no amount of memory. */
  | { readonly kind: "no-figure" };

/** What a container has of a hugepage size, in bytes; undefined is what the kernel does not tell. */
export interface HugetlbUse {
  readonly pageSize: PageSize;
  readonly limit: HugetlbLimit | undefined;
  /** Of pages that mappings have reserved. */
  readonly reservationLimit: HugetlbLimit | undefined;
  /** Those of its pod, which bind it as well. */
  readonly podLimit: HugetlbLimit | undefined;
  readonly podReservationLimit: HugetlbLimit | undefined;
  readonly current: bigint | undefined;
  /** What its pod has beyond what the containers have that exist. */
  readonly leftInPod: bigint | undefined;
  readonly byNode: HugetlbByNode | undefined;
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
  /** Its own limits of memory, those left out that the kernel does not tell; absent where it tells none. */
  readonly limits?: MemoryLimits;
  /** The limits of its pod, which bind it as well. */
  readonly podLimits?: Pick<MemoryLimits, "max" | "low" | "min">;
  /** The memory policy of its first process, with its nodes: `interleave:0-1`; absent where it cannot be looked at. */
  readonly policy?: string;
}

/** Asks the kernel about containers, as they are at that moment. */
export interface ContainerMemorySource {
  /** Undefined when the container is not found, as after its end. */
  read(pod: PodUid, container: ContainerId): Promise<ContainerMemory | undefined>;
}
