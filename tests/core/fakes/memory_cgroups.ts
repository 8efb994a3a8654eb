import {
  type HugetlbLimit,
  type HugetlbLimits,
  PodCgroupError,
  type PodCgroups,
} from "../../../core/ports/pod_cgroup.ts";
import type { ContainerId } from "../../../core/values/ids.ts";
import { formatPageSize, type PageSize } from "../../../core/values/page_size.ts";

/** Pod cgroups in memory, each with the same limits at first. */
export class MemoryCgroups implements PodCgroups {
  readonly limits = new Map<string, HugetlbLimits>();
  initial: HugetlbLimits = { usage: 0n, reservation: 0n };
  failure: Error | undefined;
  /** A cgroup that cannot be written. */
  gone = "";
  writes = 0;

  async readHugetlb(cgroupParent: string, pageSize: PageSize): Promise<HugetlbLimits> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return this.limits.get(`${cgroupParent} ${formatPageSize(pageSize)}`) ?? this.initial;
  }

  /** What pods use, by their cgroups. */
  readonly usage = new Map<string, bigint>();

  async readHugetlbUsage(cgroupParent: string): Promise<bigint> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return this.usage.get(cgroupParent) ?? 0n;
  }

  async writeHugetlb(cgroupParent: string, pageSize: PageSize, limits: HugetlbLimits): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    if (cgroupParent === this.gone) throw new PodCgroupError(`Cannot write to ${cgroupParent}: it is gone`);
    this.writes++;
    this.limits.set(`${cgroupParent} ${formatPageSize(pageSize)}`, limits);
  }

  async writeContainerHugetlb(
    cgroupParent: string,
    container: ContainerId,
    pageSize: PageSize,
    limits: HugetlbLimits,
  ): Promise<void> {
    await this.writeHugetlb(`${cgroupParent}/${container}`, pageSize, limits);
  }

  /** The limit of use of 2 MiB pages. */
  usage2m(cgroupParent: string): HugetlbLimit | undefined {
    return this.limits.get(`${cgroupParent} 2m`)?.usage;
  }
}
