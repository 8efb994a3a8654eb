import type { PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { PodBases } from "../ports/pod_bases.ts";
import type { HugetlbLimit, HugetlbLimits, PodCgroups } from "../ports/pod_cgroup.ts";
import type { Share } from "./environment.ts";
import { KeyedMutex } from "./keyed_mutex.ts";
import { hugetlbBytes } from "./shares.ts";

/** A pod's cgroup, and what its containers hold. */
export interface PodHoldings {
  readonly pod: PodUid;
  readonly cgroupParent: string;
  /** Everything that the pod's existing containers hold, asked when it is the pod's turn. */
  readonly held: () => readonly Share[];
  /** The page sizes of what they hold and the kubelet counts by itself: it is to stay as that set it. */
  readonly counted?: () => Iterable<PageSize>;
  /** What of it was there already when this driver met the pod, and so is part of the limits that it finds. */
  readonly foundApplied?: readonly Share[];
}

/**
 * Keeps the hugetlb limits of each pod's cgroup at what the kubelet set (the base) plus what the pod's containers
 * hold.
 *
 * The limits are computed from these two each time and never added up, so that doing it again changes nothing. The
 * base is what was found at the first look at a pod, and is kept for the next instance of the driver. Where that finds
 * nothing kept, the base is what it finds, less what an earlier instance must have added.
 */
export class PodLimits {
  readonly #cgroups: PodCgroups;
  readonly #kept: PodBases;
  readonly #bases = new Map<PodUid, Map<PageSize, HugetlbLimits>>();
  readonly #mutex = new KeyedMutex();

  constructor(cgroups: PodCgroups, kept: PodBases) {
    this.#cgroups = cgroups;
    this.#kept = kept;
  }

  /** Begins with what another instance kept of these pods, and forgets all others. */
  async adopt(pods: ReadonlySet<PodUid>): Promise<void> {
    const kept = await this.#kept.load();
    for (const pod of new Set([...kept.keys(), ...this.#bases.keys()])) {
      if (pods.has(pod)) continue;
      this.#bases.delete(pod);
      this.#kept.forget(pod);
    }
    for (const [pod, sizes] of kept) {
      if (pods.has(pod) && !this.#bases.has(pod)) this.#bases.set(pod, new Map(sizes));
    }
  }

  /**
   * Brings a pod's limits in line with what its containers hold. Resolves to whether they were not. Throws
   * `PodCgroupError`.
   */
  apply(
    { pod, cgroupParent, held, counted = () => [], foundApplied = [] }: PodHoldings,
  ): Promise<boolean> {
    return this.#mutex.run(pod, async () => {
      const wanted = hugetlbBytes(held()), applied = hugetlbBytes(foundApplied);
      const bases = this.#bases.get(pod) ?? new Map<PageSize, HugetlbLimits>();
      let written = false;
      for (const pageSize of new Set([...bases.keys(), ...wanted.keys(), ...counted()])) {
        const found = await this.#cgroups.readHugetlb(cgroupParent, pageSize);
        let base = bases.get(pageSize);
        if (base === undefined) {
          base = less(found, applied.get(pageSize) ?? 0n);
          bases.set(pageSize, base);
          this.#bases.set(pod, bases);
          this.#kept.keep(pod, bases);
        }
        const target = plus(base, wanted.get(pageSize) ?? 0n);
        if (found.usage === target.usage && found.reservation === target.reservation) continue;
        await this.#cgroups.writeHugetlb(cgroupParent, pageSize, target);
        written = true;
      }
      return written;
    });
  }

  /** A pod is gone. */
  forget(pod: PodUid): void {
    if (this.#bases.delete(pod)) this.#kept.forget(pod);
  }
}

function plus({ usage, reservation }: HugetlbLimits, bytes: bigint): HugetlbLimits {
  const sum = (limit: HugetlbLimit) => limit === "max" ? limit : limit + bytes;
  return { usage: sum(usage), reservation: sum(reservation) };
}

function less({ usage, reservation }: HugetlbLimits, bytes: bigint): HugetlbLimits {
  const difference = (limit: HugetlbLimit) => limit === "max" ? limit : limit > bytes ? limit - bytes : 0n;
  return { usage: difference(usage), reservation: difference(reservation) };
}
