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
import { isContainer } from "./container_cgroup.ts";
import { readControllers } from "./controllers.ts";
import { HugetlbNodes } from "./hugetlb_by_node.ts";
import { type HugetlbCounts, readHugetlbCounts, readOwn } from "./hugetlb_counts.ts";
import { podDirectories } from "./pod_directories.ts";
import { subdirectories } from "./subdirectories.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * Reads containers' memory from a cgroup v2 hierarchy (Documentation/admin-guide/cgroup-v2.rst). Looks for pods once:
 * make another to look again.
 */
export class CgroupContainerMemory implements ContainerMemorySource {
  readonly #mount: string;
  readonly #nodes: HugetlbNodes;
  #directories: Promise<ReadonlyMap<PodUid, string>> | undefined;

  /** `mount` is where the hierarchy is mounted. */
  constructor(mount: string, procfsRoot: string) {
    this.#mount = mount;
    this.#nodes = new HugetlbNodes(procfsRoot);
  }

  async read(pod: PodUid, container: ContainerId): Promise<ContainerMemory | undefined> {
    this.#directories ??= podDirectories(this.#mount);
    const podDirectory = (await this.#directories).get(pod);
    if (podDirectory === undefined) return undefined;
    const name = (await subdirectories(podDirectory)).find((name) => isContainer(name, container));
    if (name === undefined) return undefined;
    const directory = join(podDirectory, name);
    const [controllers, mems, hugetlb, memory] = await Promise.all([
      readControllers(join(this.#mount, "cgroup.controllers")),
      readMems(directory),
      this.#readHugetlb(directory, podDirectory),
      readOwn(join(directory, "memory.numa_stat"), parseMemoryStat),
    ]);
    const elsewhere = controllers.length > 0 && !controllers.includes("cpuset");
    return { mems: elsewhere ? "elsewhere" : mems, hugetlb, memory };
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
