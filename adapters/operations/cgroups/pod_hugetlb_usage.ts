import { join } from "node:path";
import { InvalidIdError, type NumaNodeId, numaNodeId, type PodUid } from "../../../core/values/ids.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import { podDirectories } from "./pod_directories.ts";
import { withoutPadding } from "../../shared/kernel_files/content.ts";
import { isUnknown } from "../../driver/cgroup/subdirectories.ts";

/**
 * Reads the hugepages that pods use from a cgroup v2 hierarchy: `hugetlb.<size>.numa_stat` of the pod's cgroup, which
 * kernels have since 5.17 (Documentation/admin-guide/cgroup-v2.rst). Looks for pods once: make another to look again.
 */
export class PodHugetlbUsage {
  readonly #mount: string;
  #directories: Promise<ReadonlyMap<PodUid, string>> | undefined;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  /** What a pod uses of a size, in bytes by node; undefined where the kernel does not tell. */
  async usedBytes(pod: PodUid, pageSize: PageSize): Promise<ReadonlyMap<NumaNodeId, bigint> | undefined> {
    this.#directories ??= podDirectories(this.#mount);
    const directory = (await this.#directories).get(pod);
    if (directory === undefined) return undefined;
    try {
      const file = join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}.numa_stat`);
      return parseNumaStat(withoutPadding(await Deno.readTextFile(file)));
    } catch (error) {
      if (isUnknown(error)) return undefined;
      throw error;
    }
  }
}

/**
 * Reads `total=<bytes> N0=<bytes> N1=<bytes>`, the first line of the file: what a cgroup and those below it use.
 * Undefined for anything else.
 */
export function parseNumaStat(text: string): Map<NumaNodeId, bigint> | undefined {
  const [line = ""] = text.split("\n");
  if (!/^total=\d{1,19}( N\d{1,4}=\d{1,19})*$/.test(line)) return undefined;
  try {
    return new Map(
      [...line.matchAll(/ N(\d+)=(\d+)/g)].map((
        [, id, bytes],
      ) => [numaNodeId(Number(id)), BigInt(bytes ?? 0)]),
    );
  } catch (error) {
    if (error instanceof InvalidIdError) return undefined;
    throw error;
  }
}
