import type { PodReference } from "../claims/claim.ts";
import type { MemoryLimits } from "../claims/memory_limits.ts";
import type { MemoryPolicy } from "../claims/memory_policy.ts";
import type { ContainerId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";

/** A pod as the runtime knows it. */
export interface Sandbox {
  readonly reference: PodReference;
  /** The runtime's name for the pod's cgroup. */
  readonly cgroupParent: string;
  /** The handler of its RuntimeClass, by the runtime's configuration; empty or undefined for the usual one. */
  readonly runtimeHandler?: string;
}

/** A container as the runtime knows it. */
export interface Container {
  readonly id: ContainerId;
  /** Its name in the pod's spec. */
  readonly name: string;
  /** `NAME=VALUE` entries: those at least that have the form of the driver's variables, see `hasVariableForm`. */
  readonly environment: readonly string[];
  /** What it has: of a new container what the kubelet asked for, of one that exists what the runtime applied. */
  readonly applied: Adjustment;
  /** The memory that an update wants it to have at most; undefined where it says nothing of that. */
  readonly askedMemoryMax?: bigint;
}

/** A container that may run already. */
export interface ExistingContainer extends Container {
  readonly sandbox: Sandbox;
  /** It has ended. It needs nothing any more, and its claims are its name's. */
  readonly isStopped?: boolean;
}

/** Where a container's memory comes from, and how many hugepages it may use. */
export interface Adjustment {
  /** `cpuset.mems`: NUMA nodes in the kernel's list format. */
  readonly mems: string;
  /** Those of them that its memory is to come from first, set once at its creation; undefined where all are alike. */
  readonly preferred?: string;
  /** Where its processes take their memory from among these, set once at its creation; undefined leaves it to the kernel. */
  readonly policy?: MemoryPolicy;
  /** Limits of its memory; undefined where they are left alone. */
  readonly memory?: MemoryLimits;
  /** Hugetlb limits in bytes. Sizes that are not named stay as they are. */
  readonly hugetlbBytes: ReadonlyMap<PageSize, bigint>;
}

/** What becomes of a container. */
export type AdjustmentOutcome =
  /** It shows no claim of this driver and is none of its business. */
  | { readonly kind: "unclaimed" }
  | { readonly kind: "adjusted"; readonly adjustment: Adjustment }
  /** It must not start. */
  | { readonly kind: "refused"; readonly message: string };

/** The driver as the container runtime sees it (NRI). */
export interface ContainerService {
  /**
   * Decides on a container that is about to be created. Answers a container without claims at once, without waiting
   * for anything: the runtime asks for every container of the node.
   */
  adjust(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome>;
  /** Decides on a container that is about to be created or updated, by what it shows: no variable of the driver's. */
  unclaimed(question: "create" | "update"): AdjustmentOutcome;
  /** Decides likewise on a container that somebody else is about to update: what its claims promise stays. */
  update(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome>;
  /**
   * Adopts the containers that exist, all of them, and returns what has to change, by container. A container that
   * cannot be understood or served is reported and left as it is.
   */
  synchronize(containers: readonly ExistingContainer[]): Promise<ReadonlyMap<ContainerId, Adjustment>>;
  /** A container is gone for good. Its claims stay with it, since the kubelet may start it again. */
  removed(sandbox: Sandbox, container: Pick<Container, "id" | "name">): Promise<void>;
  /** A pod is gone, and its cgroup with it. */
  sandboxRemoved(sandbox: Sandbox): void;
}
