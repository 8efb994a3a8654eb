import { join } from "node:path";
import { numaNodeId, type PodUid } from "../../../core/values/ids.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import type { PodHugetlb, PodHugetlbUse } from "../../../core/ports/pod_hugetlb.ts";
import { readMems } from "./container_memory.ts";
import { kubeletRoots } from "./kubelet_roots.ts";
import { parseByteCount, parseLimit } from "./limit.ts";
import { readValue } from "./limit_file.ts";
import { podDirectories } from "./pod_directories.ts";
import { subdirectories } from "./subdirectories.ts";

/**
 * Reads what pods may use of hugepages from their cgroups (Documentation/admin-guide/cgroup-v2.rst, "HugeTLB"). Most pods
 * may use none: one file of each tells.
 */
export class PodHugetlbCgroups implements PodHugetlb {
  readonly #mount: string;
  #roots: readonly string[] = [];

  /** `mount` is where the hierarchy with the hugetlb controller is mounted. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  async list(pageSize: PageSize): Promise<readonly PodHugetlbUse[]> {
    const uses: PodHugetlbUse[] = [];
    for (const [pod, directory] of await this.#directories()) {
      const limit = limitOf(directory, pageSize), used = usedBy(directory, pageSize);
      if (limit === 0n || used === undefined) continue;
      uses.push({ pod, limit, used, nodes: await nodesOf(directory, pageSize) });
    }
    return uses;
  }

  /** The kubelet's roots are looked for when there are no pods below those that are known: that takes the whole tree. */
  async #directories(): Promise<ReadonlyMap<PodUid, string>> {
    const known = await podDirectories(this.#mount, this.#roots);
    if (known.size > 0) return known;
    this.#roots = await kubeletRoots(this.#mount);
    return await podDirectories(this.#mount, this.#roots);
  }
}

/** What a cgroup may use; 0 without a limit, which is no promise, and where there is none to be read. */
function limitOf(directory: string, pageSize: PageSize): bigint {
  const limit = read(directory, pageSize, "max", parseLimit) ?? "max";
  return limit === "max" ? 0n : limit;
}

function usedBy(directory: string, pageSize: PageSize): bigint | undefined {
  return read(directory, pageSize, "current", parseByteCount);
}

/** Undefined where the file cannot be read, as when the pod is gone meanwhile. */
function read<T>(directory: string, pageSize: PageSize, file: string, parse: (text: string) => T) {
  try {
    return readValue(join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}.${file}`), parse, "");
  } catch (error) {
    if (error instanceof PodCgroupError) return undefined;
    throw error;
  }
}

/** The nodes of all containers that may use pages; undefined where one of them may use any, or none is there yet. */
async function nodesOf(pod: string, pageSize: PageSize): Promise<PodHugetlbUse["nodes"]> {
  const nodes = new Set<number>();
  for (const name of await subdirectories(pod)) {
    const container = join(pod, name);
    if (limitOf(container, pageSize) === 0n) continue;
    const mems = await readMems(container);
    if (mems === undefined) return undefined;
    for (const node of mems) nodes.add(node);
  }
  return nodes.size === 0 ? undefined : [...nodes].map(numaNodeId);
}
