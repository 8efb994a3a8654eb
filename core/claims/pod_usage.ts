import type { PageSize } from "../values/page_size.ts";
import type { ResourceName } from "../values/resource_name.ts";

/** How a container uses a claim. */
export interface ClaimUse {
  /** The pod's own name for the claim. */
  readonly name: string;
  /** The one request of it that the container uses; all where it is absent. */
  readonly request?: string;
}

/** What the driver reads of a container. */
export interface ContainerUsage {
  readonly name: string;
  readonly claims: readonly ClaimUse[];
  /** Where the pod has something mounted in it, as the pod writes it. */
  readonly paths: readonly string[];
  /**
   * Its limits of hugepages, which have nothing to do with claims: its own (`resources.limits`), or the pod's, which the
   * kubelet gives to each container that has none.
   */
  readonly hugepages?: readonly { readonly pageSize: PageSize; readonly bytes: bigint }[];
}

/** What the driver reads of a Pod: which of its containers use which claim, and what else they have. */
export interface PodUsage {
  readonly uid: string;
  /** Init containers first, then containers. */
  readonly containers: readonly ContainerUsage[];
  /** The ResourceClaim behind each of the pod's own names for claims; those not made yet are left out. */
  readonly claimNames: ReadonlyMap<string, string>;
  /** The resources that the pod itself limits (`spec.resources.limits`, KEP-2837). */
  readonly limited?: readonly ResourceName[];
  /** Whether its processes run in a user namespace of their own (`hostUsers: false`). */
  readonly hasUserNamespace: boolean;
}

/** The containers of a pod that use a ResourceClaim, by whichever name. */
export function containersUsing(pod: PodUsage, claimName: string): ContainerUsage[] {
  return pod.containers.filter((container) => usesOf(pod, container, claimName).length > 0);
}

/** How a container uses a ResourceClaim: once for each request that it names, or for all of them. */
export function usesOf(pod: PodUsage, { claims }: ContainerUsage, claimName: string): ClaimUse[] {
  return claims.filter(({ name }) => pod.claimNames.get(name) === claimName);
}

/** The ResourceClaims that a container uses beside one of them. */
export function claimsBeside(
  pod: PodUsage,
  container: ContainerUsage | undefined,
  claimName: string,
): string[] {
  const names = (container?.claims ?? []).flatMap(({ name }) => pod.claimNames.get(name) ?? []);
  return [...new Set(names)].filter((name) => name !== claimName);
}
