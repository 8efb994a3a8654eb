import { join, sep } from "node:path";
import { formatCgroupPageSize, type PageSize } from "../../core/page_size.ts";
import { PodCgroupError, type PodCgroups } from "../../core/ports/pod_cgroup.ts";
import { cgroupDirectory, CgroupPathError } from "./cgroup_path.ts";

/** The hugetlb limits of pods in a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB"). */
export class HugetlbCgroups implements PodCgroups {
  readonly #mount: string;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted, as a rule `/sys/fs/cgroup`. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  async allowHugetlb(cgroupParent: string, bytes: ReadonlyMap<PageSize, bigint>): Promise<void> {
    if (bytes.size === 0) return;
    const directory = await this.#directory(cgroupParent);
    for (const [size, wanted] of bytes) {
      // A page is charged to both: to the reservation when it is mapped, to the usage when it is touched.
      for (const kind of ["rsvd.max", "max"]) {
        await raise(join(directory, `hugetlb.${formatCgroupPageSize(size)}.${kind}`), wanted);
      }
    }
  }

  /** The pod's directory, which must really be below the mount: no symbolic link may lead out of it. */
  async #directory(cgroupParent: string): Promise<string> {
    try {
      const mount = await Deno.realPath(this.#mount);
      const directory = await Deno.realPath(cgroupDirectory(mount, cgroupParent));
      if (directory.startsWith(mount + sep)) return directory;
      throw new CgroupPathError(`Cannot use ${directory}: it is outside of ${mount}`);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PodCgroupError(
        `Cannot find the pod's cgroup ${cgroupParent} under ${this.#mount}: ${reason} ` +
          `(does --cgroup-mount name the cgroup v2 hierarchy?)`,
        { cause },
      );
    }
  }
}

async function raise(path: string, wanted: bigint): Promise<void> {
  try {
    const now = (await Deno.readTextFile(path)).trim();
    if (now === "max" || BigInt(now) >= wanted) return;
    await writeLimit(path, wanted.toString());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PodCgroupError(
      `Cannot raise ${path} to ${wanted} bytes: ${reason} ` +
        `(is the hugetlb controller enabled in cgroup.subtree_control of every parent?)`,
      { cause },
    );
  }
}

/** The kernel takes a value in one write. It ignores the truncation, which the plain files of a demo need. */
async function writeLimit(path: string, value: string): Promise<void> {
  const file = await Deno.open(path, { write: true, truncate: true });
  try {
    await file.write(new TextEncoder().encode(value));
  } finally {
    file.close();
  }
}
