import { join } from "node:path";
import type { ContainerId } from "../../../core/values/ids.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import { type HugetlbLimit, type HugetlbLimits, type PodCgroups } from "../../../core/ports/pod_cgroup.ts";
import { containerDirectories } from "./container_cgroup.ts";
import { parseByteCount, parseLimit } from "./limit.ts";
import { readValue, writeLimit } from "./limit_file.ts";
import { podDirectory } from "./pod_directory.ts";

/**
 * The hugetlb limits of pods in a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB").
 */
export class HugetlbCgroups implements PodCgroups {
  readonly #mount: string;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted, as a rule `/sys/fs/cgroup`. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  readHugetlb(cgroupParent: string, pageSize: PageSize): Promise<HugetlbLimits> {
    return Promise.try(() => {
      const files = this.#files(cgroupParent, pageSize);
      return { usage: readLimit(files.usage), reservation: readLimit(files.reservation) };
    });
  }

  readHugetlbUsage(cgroupParent: string, pageSize: PageSize): Promise<bigint> {
    return Promise.try(() => {
      const name = `hugetlb.${formatCgroupPageSize(pageSize)}.current`;
      return readValue(join(this.#directory(cgroupParent), name), parseByteCount, remedy);
    });
  }

  writeHugetlb(cgroupParent: string, pageSize: PageSize, limits: HugetlbLimits): Promise<void> {
    return Promise.try(() => {
      writeLimits(this.#files(cgroupParent, pageSize), limits);
    });
  }

  async writeContainerHugetlb(
    cgroupParent: string,
    container: ContainerId,
    pageSize: PageSize,
    limits: HugetlbLimits,
  ): Promise<void> {
    for (const directory of await containerDirectories(this.#directory(cgroupParent), container)) {
      writeLimits(filesOf(directory, pageSize), limits);
    }
  }

  #files(cgroupParent: string, pageSize: PageSize): LimitFiles {
    return filesOf(this.#directory(cgroupParent), pageSize);
  }

  #directory(cgroupParent: string): string {
    return podDirectory(this.#mount, cgroupParent);
  }
}

interface LimitFiles {
  readonly usage: string;
  readonly reservation: string;
}

function filesOf(directory: string, pageSize: PageSize): LimitFiles {
  const prefix = join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}`);
  return { usage: `${prefix}.max`, reservation: `${prefix}.rsvd.max` };
}

/** Writes the reservation's limit first: pages are reserved before they are used. */
function writeLimits(files: LimitFiles, { usage, reservation }: HugetlbLimits): void {
  writeLimit(files.reservation, reservation, remedy);
  writeLimit(files.usage, usage, remedy);
}

function readLimit(path: string): HugetlbLimit {
  return readValue(path, parseLimit, remedy);
}

const remedy =
  "is the hugetlb controller enabled in cgroup.subtree_control of every parent, and is this root?";
