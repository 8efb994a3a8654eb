import type { ResourceClaim } from "../../../core/claims/claim.ts";
import type { PodUsage } from "../../../core/claims/pod_usage.ts";
import type { PodSource } from "../../../core/ports/pod_source.ts";
import type { ResourceName } from "../../../core/values/resource_name.ts";

/** Pods that use a claim of any name with the same containers. */
export class ClusterPods implements PodSource {
  containers: readonly string[] = ["app"];
  /** Where these have volumes. */
  paths: readonly string[] = [];
  hasUserNamespace = false;
  /** What the pods themselves limit. */
  limited: readonly ResourceName[] | undefined;
  uid: string | undefined;

  constructor(private readonly pods: () => Iterable<ResourceClaim>) {}

  pod(_namespace: string, name: string): Promise<PodUsage | undefined> {
    const claims = [...this.pods()].filter(({ reservedFor }) => reservedFor.some((pod) => pod.name === name));
    const [pod] = claims.flatMap(({ reservedFor }) =>
      reservedFor.filter((reserved) => reserved.name === name)
    );
    if (pod === undefined) return Promise.resolve(undefined);
    const names = claims.map(({ reference }) => reference.name);
    return Promise.resolve({
      uid: this.uid ?? pod.uid,
      containers: this.containers.map((container) => ({
        name: container,
        claims: names.map((name) => ({ name })),
        paths: this.paths,
      })),
      claimNames: new Map(names.map((claim) => [claim, claim])),
      ...(this.limited === undefined ? {} : { limited: this.limited }),
      hasUserNamespace: this.hasUserNamespace,
    });
  }
}
