import type { ClaimUid, NumaNodeId, PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { ResourceName } from "../values/resource_name.ts";
import type { OpaqueConfig } from "./configuration/memory_config.ts";
import type { Injection } from "./injection.ts";
import type { RequestTerms } from "./memory_terms.ts";

/** How a ResourceClaim is addressed. Two claims of one name that lived one after the other differ in the uid. */
export interface ClaimReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: ClaimUid;
}

/** How a Pod is addressed. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: PodUid;
}

/** One line of `status.allocation.devices.results`, as the scheduler wrote it. */
export interface AllocationResult {
  /** The request's name, or `<request>/<subrequest>` where the request is a list of alternatives. */
  readonly request: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareId?: string;
  /** Whether it is for looking on (KEP-5018): such a result holds nothing, and the scheduler does not count it. */
  readonly adminAccess?: boolean;
  /** Quantities by capacity name; absent where the scheduler does not know consumable capacity. */
  readonly consumedCapacity?: Readonly<Record<string, string>>;
}

/** What the driver reads of a ResourceClaim. */
export interface ResourceClaim {
  readonly reference: ClaimReference;
  /** The pod's own name for it, where it was made from a template of the pod. */
  readonly podClaimName?: string;
  /** Undefined while the claim is not allocated. */
  readonly allocation?: {
    readonly results: readonly AllocationResult[];
    /** This driver's. */
    readonly configs: readonly OpaqueConfig[];
  };
  /**
   * The names of what each request wants of a device's capacity (`capacity.requests`), by the request's name as in
   * {@link AllocationResult.request}; those that name none are left out.
   */
  readonly wantedCapacities?: ReadonlyMap<string, readonly string[]>;
  /** The pods of `status.reservedFor`. */
  readonly reservedFor: readonly PodReference[];
}

/** One share of one device, checked: what a claim holds of a resource on a NUMA node. */
export interface Allocation {
  /** The base request's name, without a subrequest. */
  readonly request: string;
  readonly pool: string;
  readonly device: string;
  readonly shareId?: string;
  readonly resource: ResourceName;
  readonly numaNode: NumaNodeId;
  readonly bytes: bigint;
}

/** A claim that the driver has promised to a pod: the unit of the driver's durable checkpoint. */
export interface PreparedClaim {
  readonly reference: ClaimReference;
  readonly pod: PodReference;
  /** The one container of the pod's spec that uses it; absent where none does, or an older driver prepared it. */
  readonly container?: string;
  /** In the order of the allocation's results. Empty when every result belongs to other drivers. */
  readonly allocations: readonly Allocation[];
  /** What its container is given by request; absent where an older driver prepared it. */
  readonly injections?: readonly Injection[];
  /** What its container may use of hugepages the ordinary way, by its own limits; absent as with `injections`. */
  readonly ordinaryHugepages?: readonly { readonly pageSize: PageSize; readonly bytes: bigint }[];
  /** What its configuration says of its memory; absent where it says nothing. */
  readonly terms?: readonly RequestTerms[];
  /** Present where the kubelet adds the claim to the limits of pod and container by itself (KEP-5517). */
  readonly countedByKubelet?: true;
  /**
   * What the pod itself limits (`spec.resources.limits`), if anything: to the pod's limit of these the kubelet adds no
   * claim (`PodLimits` of k8s.io/component-helpers).
   */
  readonly limitedByPod?: readonly ResourceName[];
  /** Why its container has no hugetlbfs although it claims hugepages; absent where it has one, or wants none. */
  readonly withoutMounts?: string;
}

/** Whether the kubelet has added a claim to its pod's own limit of a resource by itself (KEP-5517). */
export function isInPodLimit(
  { countedByKubelet, limitedByPod = [] }: Pick<PreparedClaim, "countedByKubelet" | "limitedByPod">,
  resource: ResourceName,
): boolean {
  return countedByKubelet === true && !limitedByPod.includes(resource);
}
