import type { CgroupLimits } from "../claims/cgroup_limits.ts";
import type { Containers } from "../claims/containers.ts";
import type { Events } from "../events/events.ts";
import type { Sandbox } from "../ports/container_service.ts";
import { PodCgroupError, type PodCgroups } from "../ports/pod_cgroup.ts";
import type { PodUid } from "../values/ids.ts";

/** What tending limits works with. */
export interface TendLimitsPorts {
  readonly containers: Pick<Containers, "all" | "holdsIn">;
  readonly limits: Pick<CgroupLimits, "applyHugetlb" | "tryMemory" | "tellRestored">;
  /** Where the limits of containers are written that the runtime cannot write; undefined where they are left alone. */
  readonly podCgroups: Pick<PodCgroups, "writeContainerHugetlb"> | undefined;
  readonly events: Events;
}

/**
 * Looks after limits that nobody asks about: those of pods that hold claims, since the kubelet of 1.33 to 1.37 writes 0
 * to them whenever it resizes a pod in place (its cgroup manager sets every hugepage size that it was not told of), and
 * those of containers that the runtime cannot write.
 */
export class TendLimits {
  readonly #ports: TendLimitsPorts;
  /** The pods of which it was told that their limits cannot be put right. */
  readonly #failing = new Set<PodUid>();

  constructor(ports: TendLimitsPorts) {
    this.#ports = ports;
  }

  /** To be called again and again. Throws the first `PodCgroupError` of a container's limit, after trying the rest. */
  async run(): Promise<void> {
    const { containers, limits } = this.#ports;
    const sandboxes = new Map([...containers.all()].map(({ sandbox }) => [sandbox.reference.uid, sandbox]));
    for (const pod of this.#failing) if (!sandboxes.has(pod)) this.#failing.delete(pod);
    const restored = await limits.tryMemory();
    for (const [pod, sandbox] of sandboxes) await this.#restore(sandbox, restored.has(pod));
    await this.#writePending();
  }

  /** A pod that is over has no cgroup any more, while its containers can still be there to be looked at. */
  async #restore(sandbox: Sandbox, memoryRestored: boolean): Promise<void> {
    const { containers, limits, events } = this.#ports, pod = sandbox.reference;
    try {
      const changed = await limits.applyHugetlb(sandbox);
      this.#failing.delete(pod.uid);
      // Without claims the driver itself took its share away.
      if (memoryRestored || (changed && containers.holdsIn(pod.uid))) limits.tellRestored(pod);
    } catch (error) {
      if (!(error instanceof PodCgroupError)) throw error;
      if (error.isMissing || this.#failing.has(pod.uid)) return;
      this.#failing.add(pod.uid);
      events.emit({ kind: "pod-limits-left", pod, message: error.message });
    }
  }

  async #writePending(): Promise<void> {
    const { podCgroups, containers } = this.#ports;
    if (podCgroups === undefined) return;
    const failures: unknown[] = [];
    const pending = [...containers.all()].filter(({ limitsPending }) => limitsPending);
    for (const { id, sandbox: { cgroupParent }, adjustment } of pending) {
      for (const [pageSize, bytes] of adjustment.hugetlbBytes) {
        const limits = { usage: bytes, reservation: bytes };
        await podCgroups.writeContainerHugetlb(cgroupParent, id, pageSize, limits)
          .catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
