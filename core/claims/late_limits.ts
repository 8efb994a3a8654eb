import type { ContainerId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { PodCgroups } from "../ports/pod_cgroup.ts";

interface LateContainer {
  readonly cgroupParent: string;
  readonly hugetlbBytes: ReadonlyMap<PageSize, bigint>;
}

/**
 * The hugetlb limits of containers that started without the driver, or may have.
 *
 * The runtime can be told to pin them, but not to limit their hugepages: `runc update` writes again what the container
 * was created with, whatever it is told, and at each further update (seen with 1.5.2). So these limits are the driver's
 * to write, and to write again for as long as the container exists.
 */
export class LateLimits {
  readonly #cgroups: PodCgroups;
  readonly #containers = new Map<ContainerId, LateContainer>();

  constructor(cgroups: PodCgroups) {
    this.#cgroups = cgroups;
  }

  /** A container of a pod has these limits too late. */
  add(id: ContainerId, cgroupParent: string, hugetlbBytes: ReadonlyMap<PageSize, bigint>): void {
    if (hugetlbBytes.size > 0) this.#containers.set(id, { cgroupParent, hugetlbBytes });
  }

  /** A container is gone. */
  remove(id: ContainerId): void {
    this.#containers.delete(id);
  }

  /** Every container but the given ones is gone. */
  containersExist(existing: ReadonlySet<ContainerId>): void {
    for (const id of this.#containers.keys()) if (!existing.has(id)) this.#containers.delete(id);
  }

  /** Writes them all, those of one container after another. Throws the first `PodCgroupError`, after trying the rest. */
  async write(): Promise<void> {
    const failures: unknown[] = [];
    for (const [id, { cgroupParent, hugetlbBytes }] of [...this.#containers]) {
      for (const [pageSize, bytes] of hugetlbBytes) {
        const limits = { usage: bytes, reservation: bytes };
        await this.#cgroups.writeContainerHugetlb(cgroupParent, id, pageSize, limits)
          .catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
