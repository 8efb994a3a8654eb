import { join } from "node:path";
import { formatIdList } from "../../../core/values/id_list.ts";
import { type NumaNodeId, numaNodeId } from "../../../core/values/ids.ts";
import { isKernelAtLeast } from "../../../core/values/kernel_version.ts";
import { formatCgroupPageSize, type PageSize } from "../../../core/values/page_size.ts";
import type { HugetlbByNode } from "../../../core/ports/container_memory.ts";
import { parseByteCount } from "./limit.ts";
import { subdirectories } from "./subdirectories.ts";
import { readKernelRelease } from "../../shared/kernel_files/kernel_release.ts";
import { type HugetlbMapping, parseHugetlbMappings } from "../../shared/kernel_files/numa_maps.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import { isWrapped, readOwn } from "./hugetlb_counts.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/**
 * Tells which nodes the hugepages of a cgroup are on.
 *
 * `hugetlb.<size>.numa_stat` says it, but before Linux 7.3 it goes on naming the node that pages had been on before
 * they were migrated by a change of `cpuset.mems`, and afterwards takes them off the node that they are on, down to
 * values near 2^64 (seen with 6.1, 6.12, 6.17 and 6.19 to 7.2). There it counts if all that it names is the only node
 * that the cgroup may use, and otherwise what is known of the cgroups below, or what the processes have mapped.
 */
export class HugetlbNodes {
  readonly #procfsRoot: string;
  #release: Promise<string | undefined> | undefined;

  constructor(procfsRoot: string) {
    this.#procfsRoot = procfsRoot;
  }

  /** Undefined where the kernel does not tell: `numa_stat` came with 5.17. */
  async read(directory: string, pageSize: PageSize): Promise<HugetlbByNode | undefined> {
    const file = (name: string) => join(directory, `hugetlb.${formatCgroupPageSize(pageSize)}.${name}`);
    const said = await readOwn(file("numa_stat"), parseNumaStat);
    if (said === undefined) return undefined;
    if (await this.#isKernelReliable()) return { kind: "counted", bytes: said };
    const current = await readOwn(file("current"), parseByteCount);
    if (current === 0n) {
      return { kind: "counted", bytes: new Map([...said.keys()].map((node) => [node, 0n])) };
    }
    const mems = await readOwn(join(directory, "cpuset.mems.effective"), (text) => text.trim());
    const named = [...said].filter(([, bytes]) => bytes > 0n).map(([node]) => node);
    if (named.length === 1 && formatIdList(named) === mems) return { kind: "counted", bytes: said };
    const nodes = [...said.keys()];
    const bytes = await this.#below(directory, pageSize, current, nodes) ??
      await this.#mapped(directory, pageSize, current, nodes);
    if (bytes !== undefined) return { kind: "counted", bytes };
    return [...said.values()].some(isWrapped) ? { kind: "no-figure" } : { kind: "doubtful", bytes: said };
  }

  async #isKernelReliable(): Promise<boolean> {
    this.#release ??= readKernelRelease(this.#procfsRoot);
    return isKernelAtLeast(await this.#release, 7, 3) ?? false;
  }

  /** What the cgroups below have, if that is known of each and is all that the cgroup has. */
  async #below(
    directory: string,
    pageSize: PageSize,
    current: bigint | undefined,
    nodes: readonly NumaNodeId[],
  ): Promise<Map<NumaNodeId, bigint> | undefined> {
    const parts: ReadonlyMap<NumaNodeId, bigint>[] = [];
    for (const child of await subdirectories(directory)) {
      const part = await this.read(join(directory, child), pageSize);
      if (part?.kind === "counted") parts.push(part.bytes);
    }
    const bytes = added(parts, nodes);
    return sum(bytes) === current ? bytes : undefined;
  }

  /** What the processes of a cgroup have mapped, if that is all that the cgroup has. */
  async #mapped(
    directory: string,
    pageSize: PageSize,
    current: bigint | undefined,
    nodes: readonly NumaNodeId[],
  ): Promise<Map<NumaNodeId, bigint> | undefined> {
    const mappings = (await this.#mappings(directory)).filter(({ pageBytes }) => pageBytes === pageSize);
    // Two processes have a mapping in common after a fork, or each one of its own.
    for (const candidates of [mappings, [...new Map(mappings.map((each) => [each.key, each])).values()]]) {
      const bytes = added(candidates.map(({ bytes }) => bytes), nodes);
      if (sum(bytes) === current) return bytes;
    }
    return undefined;
  }

  async #mappings(directory: string): Promise<HugetlbMapping[]> {
    const processes = await readOwn(join(directory, "cgroup.procs"), (text) => text.match(/^\d+$/gm) ?? []);
    const mappings: HugetlbMapping[] = [];
    for (const process of processes ?? []) {
      const read = await attempt(readText(`${this.#procfsRoot}/${process}/numa_maps`, parseHugetlbMappings));
      // It is over meanwhile, or another's namespace: what is missing shows in the sum.
      if (!(read instanceof UnreadableFileError)) mappings.push(...read);
    }
    for (const child of await subdirectories(directory)) {
      mappings.push(...await this.#mappings(join(directory, child)));
    }
    return mappings;
  }
}

function added(
  parts: readonly ReadonlyMap<number, bigint>[],
  nodes: readonly NumaNodeId[],
): Map<NumaNodeId, bigint> {
  return new Map(
    nodes.map((node) => [node, parts.reduce((total, part) => total + (part.get(node) ?? 0n), 0n)]),
  );
}

function sum(bytes: ReadonlyMap<NumaNodeId, bigint>): bigint {
  return [...bytes.values()].reduce((total, each) => total + each, 0n);
}

/**
 * Reads `total=<bytes> N0=<bytes> N1=<bytes>`, the first line of the file: what a cgroup and those below it use.
 * Undefined for anything else. Values wrap around at 2^64, see {@link HugetlbNodes}.
 */
export function parseNumaStat(text: string): Map<NumaNodeId, bigint> | undefined {
  const [line = ""] = text.split("\n");
  if (!/^total=\d{1,20}( N\d{1,4}=\d{1,20})*$/.test(line)) return undefined;
  try {
    return new Map(
      [...line.matchAll(/ N(\d+)=(\d+)/g)].map((
        [, id, bytes],
      ) => [numaNodeId(Number(id)), BigInt(bytes ?? 0)]),
    );
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
