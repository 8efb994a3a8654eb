import { join, sep } from "node:path";
import { formatCgroupPageSize, type PageSize } from "../../core/page_size.ts";
import {
  type HugetlbLimit,
  type HugetlbLimits,
  PodCgroupError,
  type PodCgroups,
} from "../../core/ports/pod_cgroup.ts";
import { cgroupDirectory, CgroupPathError } from "./cgroup_path.ts";
import { parseLimit } from "./limit.ts";

/** The hugetlb limits of pods in a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB"). */
export class HugetlbCgroups implements PodCgroups {
  readonly #mount: string;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted, as a rule `/sys/fs/cgroup`. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  async readHugetlb(cgroupParent: string, pageSize: PageSize): Promise<HugetlbLimits> {
    const files = await this.#files(cgroupParent, pageSize);
    const [usage, reservation] = await Promise.all([readLimit(files.usage), readLimit(files.reservation)]);
    return { usage, reservation };
  }

  /** Writes the reservation's limit first when limits grow: pages are reserved before they are used. */
  async writeHugetlb(cgroupParent: string, pageSize: PageSize, limits: HugetlbLimits): Promise<void> {
    const files = await this.#files(cgroupParent, pageSize);
    await writeLimit(files.reservation, limits.reservation);
    await writeLimit(files.usage, limits.usage);
  }

  async #files(cgroupParent: string, pageSize: PageSize) {
    const prefix = join(await this.#directory(cgroupParent), `hugetlb.${formatCgroupPageSize(pageSize)}`);
    return { usage: `${prefix}.max`, reservation: `${prefix}.rsvd.max` };
  }

  /** The pod's directory, which must really be below the mount: no symbolic link may lead out of it. */
  async #directory(cgroupParent: string): Promise<string> {
    try {
      const mount = await Deno.realPath(this.#mount);
      const directory = await Deno.realPath(cgroupDirectory(mount, cgroupParent));
      if (directory.startsWith(mount + sep)) return directory;
      throw new CgroupPathError(`Cannot use ${directory}: it is outside of ${mount}`);
    } catch (cause) {
      throw new PodCgroupError(
        `Cannot find the pod's cgroup ${cgroupParent} under ${this.#mount}: ${reasonOf(cause)} ` +
          `(does --cgroup-mount name the cgroup v2 hierarchy?)`,
        { cause },
      );
    }
  }
}

async function readLimit(path: string): Promise<HugetlbLimit> {
  try {
    return parseLimit(await Deno.readTextFile(path));
  } catch (cause) {
    throw new PodCgroupError(`Cannot read ${path}: ${reasonOf(cause)} (${remedy})`, { cause });
  }
}

/** The kernel takes a value in one write. It ignores the truncation, which the plain files of a demo need. */
async function writeLimit(path: string, limit: HugetlbLimit): Promise<void> {
  try {
    const file = await Deno.open(path, { write: true, truncate: true });
    try {
      await file.write(new TextEncoder().encode(String(limit)));
    } finally {
      file.close();
    }
  } catch (cause) {
    throw new PodCgroupError(`Cannot write ${limit} to ${path}: ${reasonOf(cause)} (${remedy})`, { cause });
  }
}

const remedy =
  "is the hugetlb controller enabled in cgroup.subtree_control of every parent, and is this root?";

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
