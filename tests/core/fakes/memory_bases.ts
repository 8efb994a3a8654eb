import type { BaseLimits, PodBases } from "../../../core/ports/pod_bases.ts";
import type { PodUid } from "../../../core/values/ids.ts";

/** What the kubelet set, as one instance of the driver keeps it for the next. */
export class MemoryBases implements PodBases {
  readonly kept = new Map<PodUid, BaseLimits>();

  load(): Promise<ReadonlyMap<PodUid, BaseLimits>> {
    return Promise.resolve(this.kept);
  }

  keep(pod: PodUid, limits: BaseLimits): void {
    this.kept.set(pod, new Map(limits));
  }

  forget(pod: PodUid): void {
    this.kept.delete(pod);
  }
}
