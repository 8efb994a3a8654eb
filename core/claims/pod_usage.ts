/** What the driver reads of a Pod: which of its containers use which claim. */
export interface PodUsage {
  readonly uid: string;
  /** Init containers first, then containers, each with the names by which it calls the claims that it uses. */
  readonly containers: readonly { readonly name: string; readonly claims: readonly string[] }[];
  /** The ResourceClaim behind each of the pod's own names for claims; those not made yet are left out. */
  readonly claimNames: ReadonlyMap<string, string>;
}

/** The containers of a pod that use a ResourceClaim, by whichever name. */
export function containersUsing(pod: PodUsage, claimName: string): string[] {
  return pod.containers
    .filter(({ claims }) => claims.some((name) => pod.claimNames.get(name) === claimName))
    .map(({ name }) => name);
}
