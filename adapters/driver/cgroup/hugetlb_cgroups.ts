import { join, sep } from "node:path";
import type { ContainerId } from "../../../core/values/ids.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import {
  type HugetlbLimit,
  type HugetlbLimits,
  PodCgroupError,
  type PodCgroups,
} from "../../../core/ports/pod_cgroup.ts";
import { cgroupDirectory, CgroupPathError } from "./cgroup_path.ts";
import { isContainer } from "./container_cgroup.ts";
import { parseByteCount, parseLimit } from "./limit.ts";
import { subdirectories } from "./subdirectories.ts";
import { messageOf } from "../../../core/values/message_of.ts";

/**
 * The hugetlb limits of pods in a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB").
 *
 * Files are read and written on this thread: a container waits for it, the kernel answers at once, and handing the
 * work to another thread would take several times as long.
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
      return readValue(join(this.#directory(cgroupParent), name), parseByteCount);
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
    const pod = this.#directory(cgroupParent);
    const name = (await subdirectories(pod)).find((name) => isContainer(name, container));
    if (name !== undefined) writeLimits(filesOf(join(pod, name), pageSize), limits);
  }

  #files(cgroupParent: string, pageSize: PageSize): LimitFiles {
    return filesOf(this.#directory(cgroupParent), pageSize);
  }

  /** The pod's directory, which must really be below the mount: no symbolic link may lead out of it. */
  #directory(cgroupParent: string): string {
    try {
      const mount = Deno.realPathSync(this.#mount);
      const directory = Deno.realPathSync(cgroupDirectory(mount, cgroupParent));
      if (directory.startsWith(mount + sep)) return directory;
      throw new CgroupPathError(`Cannot use ${directory}: it is outside of ${mount}`);
    } catch (cause) {
      throw new PodCgroupError(
        `Cannot find the pod's cgroup ${cgroupParent} under ${this.#mount}: ${messageOf(cause)} ` +
          `(does --cgroup-mount name the cgroup v2 hierarchy?)`,
        { cause, isMissing: cause instanceof Deno.errors.NotFound },
      );
    }
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
  writeLimit(files.reservation, reservation);
  writeLimit(files.usage, usage);
}

function readLimit(path: string): HugetlbLimit {
  return readValue(path, parseLimit);
}

function readValue<T>(path: string, parse: (text: string) => T): T {
  try {
    return parse(Deno.readTextFileSync(path));
  } catch (cause) {
    throw new PodCgroupError(`Cannot read ${path}: ${messageOf(cause)} (${remedy})`, { cause });
  }
}

/** The kernel takes a value in one write. It ignores the truncation, which the plain files of a demo need. */
function writeLimit(path: string, limit: HugetlbLimit): void {
  try {
    const file = Deno.openSync(path, { write: true, truncate: true });
    try {
      file.writeSync(new TextEncoder().encode(String(limit)));
    } finally {
      file.close();
    }
  } catch (cause) {
    throw new PodCgroupError(`Cannot write ${limit} to ${path}: ${messageOf(cause)} (${remedy})`, { cause });
  }
}

const remedy =
  "is the hugetlb controller enabled in cgroup.subtree_control of every parent, and is this root?";
