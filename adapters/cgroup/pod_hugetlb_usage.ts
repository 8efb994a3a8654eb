import { join } from "node:path";
import { InvalidIdError, type NumaNodeId, numaNodeId, type PodUid } from "../../core/ids.ts";
import { formatCgroupPageSize, type PageSize } from "../../core/page_size.ts";

/** `kubelet/kubepods/burstable/pod…` is the deepest that kubelets put pods, with room for one more. */
const maxDepth = 5;

/**
 * Reads the hugepages that pods use from a cgroup v2 hierarchy: `hugetlb.<size>.numa_stat` of the pod's cgroup, which
 * kernels have since 5.17 (Documentation/admin-guide/cgroup-v2.rst). Looks for pods once: make another to look again.
 */
export class PodHugetlbUsage {
  readonly #mount: string;
  #directories: Promise<ReadonlyMap<string, string>> | undefined;

  /** `mount` is where the hierarchy with the hugetlb controller is mounted. */
  constructor(mount: string) {
    this.#mount = mount;
  }

  /** What a pod uses of a size, in bytes by node; undefined where the kernel does not tell. */
  async usedBytes(pod: PodUid, pageSize: PageSize): Promise<ReadonlyMap<NumaNodeId, bigint> | undefined> {
    this.#directories ??= findPods(this.#mount);
    const directory = (await this.#directories).get(pod);
    if (directory === undefined) return undefined;
    try {
      const file = join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}.numa_stat`);
      return parseNumaStat(await Deno.readTextFile(file));
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

/** The cgroups of pods by uid, wherever the kubelet has its own; `pod<uid>`, or `…-pod<uid with _>.slice`. */
async function findPods(mount: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const look = async (directory: string, depth: number): Promise<void> => {
    for (const name of await subdirectories(directory)) {
      const [, uid] = /(?:^|-)pod([0-9a-f][0-9a-f_-]{7,})(?:\.slice)?$/.exec(name) ?? [];
      if (uid !== undefined) found.set(uid.replaceAll("_", "-"), join(directory, name));
      else if (depth < maxDepth) await look(join(directory, name), depth + 1);
    }
  };
  await look(mount, 1);
  return found;
}

async function subdirectories(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (isUnknown(error)) return [];
    throw error;
  }
}

/** Not there, gone meanwhile, or not to be read by this user. */
function isUnknown(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotADirectory;
}
