import { join } from "node:path";
import { parseIdList } from "../../../core/values/id_list.ts";
import { type ContainerId, numaNodeId, type PodUid } from "../../../core/values/ids.ts";
import type {
  ContainerMemory,
  ContainerMemorySource,
  HugetlbUse,
  NodeMemoryUse,
} from "../../../core/ports/container_memory.ts";
import type { PageSize } from "../../../core/values/page_size.ts";
import { memoryFiles, type MemoryLimits } from "../../../core/claims/memory_limits.ts";
import { parseMemoryPolicy } from "../../shared/kernel_files/numa_maps.ts";
import { attempt, readBeginning, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import { parseLimit } from "./limit.ts";
import { containerDirectories } from "./container_cgroup.ts";
import { readControllers } from "./controllers.ts";
import { HugetlbNodes } from "./hugetlb_by_node.ts";
import { type HugetlbCounts, readHugetlbCounts, readOwn } from "./hugetlb_counts.ts";
import { podDirectories } from "./pod_directories.ts";
import { subdirectories } from "./subdirectories.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * Reads containers' memory from a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst). Looks for pods and
 * controllers once: make another to look again.
 */
export class CgroupContainerMemory implements ContainerMemorySource {
  readonly #mount: string;
  readonly #nodes: HugetlbNodes;
  readonly #procfsRoot: string;
  #directories: Promise<ReadonlyMap<PodUid, string>> | undefined;
  #controllers: Promise<string[]> | undefined;

  /** `mount` is where the hierarchy is mounted. */
  constructor(mount: string, procfsRoot: string) {
    this.#mount = mount;
    this.#procfsRoot = procfsRoot;
    this.#nodes = new HugetlbNodes(procfsRoot);
  }

  async read(pod: PodUid, container: ContainerId): Promise<ContainerMemory | undefined> {
    this.#directories ??= podDirectories(this.#mount);
    const podDirectory = (await this.#directories).get(pod);
    if (podDirectory === undefined) return undefined;
    const directory = (await containerDirectories(podDirectory, container)).at(-1);
    if (directory === undefined) return undefined;
    const [controllers, mems, hugetlb, memory, limits, podLimits, policy] = await Promise.all([
      this.#controllers ??= readControllers(join(this.#mount, "cgroup.controllers")),
      readMems(directory),
      this.#readHugetlb(directory, podDirectory),
      readOwn(join(directory, "memory.numa_stat"), parseMemoryStat),
      readMemoryLimits(directory, memoryFiles),
      readMemoryLimits(podDirectory, podLimitFiles),
      this.#readPolicy(directory),
    ]);
    const elsewhere = controllers.length > 0 && !controllers.includes("cpuset");
    return {
      mems: elsewhere ? "elsewhere" : mems,
      hugetlb,
      memory,
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(Object.keys(podLimits).length === 0 ? {} : { podLimits }),
      ...(policy === undefined ? {} : { policy }),
    };
  }

  /** Of the first process, which was started with it. Another's can only be looked at by root with all capabilities. */
  async #readPolicy(directory: string): Promise<string | undefined> {
    const [process] = await readOwn(join(directory, "cgroup.procs"), (text) => text.match(/^\d+$/gm) ?? []) ??
      [];
    if (process === undefined) return undefined;
    const maps = await attempt(readBeginning(join(this.#procfsRoot, process, "numa_maps")));
    return maps instanceof UnreadableFileError ? undefined : parseMemoryPolicy(maps);
  }

  async #readHugetlb(directory: string, podDirectory: string): Promise<HugetlbUse[]> {
    const [own, pods] = await Promise.all([readHugetlbCounts(directory), readHugetlbCounts(podDirectory)]);
    const names = await subdirectories(podDirectory);
    const containers = await Promise.all(names.map((name) => readHugetlbCounts(join(podDirectory, name))));
    return await Promise.all(own.map(async ({ pageSize, limit, reservationLimit, current }) => {
      const pod = pods.find((counts) => counts.pageSize === pageSize);
      return {
        pageSize,
        limit,
        reservationLimit,
        podLimit: pod?.limit,
        podReservationLimit: pod?.reservationLimit,
        current,
        leftInPod: pod?.current === undefined ? undefined : left(pod.current, pageSize, containers),
        byNode: await this.#nodes.read(directory, pageSize),
      };
    }));
  }
}

const { max, low, min } = memoryFiles, podLimitFiles = { max, low, min };

async function readMemoryLimits(
  directory: string,
  files: Partial<Record<keyof MemoryLimits, string>>,
): Promise<MemoryLimits> {
  const limits = await Promise.all(
    Object.entries(files).map(async ([field, file]) =>
      [field, await readOwn(join(directory, file), parseLimit)] as const
    ),
  );
  return Object.fromEntries(limits.filter(([, limit]) => limit !== undefined));
}

/** What a pod has of a size that none of its containers has. */
function left(bytes: bigint, size: PageSize, containers: readonly (readonly HugetlbCounts[])[]): bigint {
  const counts = containers.flat().filter(({ pageSize }) => pageSize === size);
  const rest = counts.reduce((rest, { current = 0n }) => rest - current, bytes);
  return rest > 0n ? rest : 0n;
}

/** The nodes that a cgroup may use; undefined where no CPU set says so. */
export function readMems(directory: string): Promise<number[] | undefined> {
  return readOwn(join(directory, "cpuset.mems.effective"), parseMems);
}

/** Throws a SyntaxError for what is no list of nodes. An empty one is not known: without CPU sets all nodes count. */
function parseMems(text: string): number[] | undefined {
  try {
    const mems = parseIdList(text);
    return mems.length === 0 ? undefined : mems;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new SyntaxError(cause.message, { cause });
  }
}

/** What makes up the kernel's share. The other lines of the file count the same bytes once more, otherwise. */
const kernelLines = [
  "kernel_stack",
  "pagetables",
  "sec_pagetables",
  "slab_reclaimable",
  "slab_unreclaimable",
];

/**
 * Reads `memory.numa_stat`: a line for each counter, as in `anon N0=<bytes> N1=<bytes>`. Undefined for what has no
 * such line.
 */
export function parseMemoryStat(text: string): NodeMemoryUse[] | undefined {
  const lines = new Map<string, ReadonlyMap<number, bigint>>();
  for (const line of text.split("\n")) {
    const [, name, rest] = /^(\w{1,40})((?: N\d{1,4}=\d{1,19})+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    lines.set(
      name,
      new Map([...rest.matchAll(/N(\d+)=(\d+)/g)].map(([, node, bytes]) => [
        Number(node),
        BigInt(bytes ?? 0),
      ])),
    );
  }
  const nodes = [...lines.get("anon")?.keys() ?? []];
  if (nodes.length === 0) return undefined;
  try {
    return nodes.sort((a, b) => a - b).map((node) => ({
      numaNode: numaNodeId(node),
      anonymous: lines.get("anon")?.get(node) ?? 0n,
      file: lines.get("file")?.get(node) ?? 0n,
      kernel: kernelLines.reduce((sum, name) => sum + (lines.get(name)?.get(node) ?? 0n), 0n),
    }));
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
