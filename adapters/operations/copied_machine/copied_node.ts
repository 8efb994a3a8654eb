import { basename } from "node:path";
import type { NumaNodeId } from "../../../core/values/ids.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import {
  formatKernelDirectory,
  formatKubernetesPageSize,
  type PageSize,
} from "../../../core/values/page_size.ts";
import type { HugepagePool } from "../../../core/topology/topology.ts";
import { parseDistances } from "../../driver/sysfs/distance.ts";
import type { PoolFailure, PoolReadings } from "../../driver/sysfs/hugepage_pools.ts";
import type { NodeReading } from "../../driver/sysfs/node_reading.ts";
import { excerpt, parseCount } from "../../shared/kernel_files/content.ts";
import { attempt, isMissing, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import type { Assumptions } from "./assumptions.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

/** Where the files of a node are, and what is known of its machine. */
export interface CopiedNode {
  /** The directory that has `cpulist` and the like. */
  readonly directory: string;
  /** The one with the directories `hugepages-<size>kB`. */
  readonly hugepages: string;
  /** The file that counts the hugepages of the default size, and what its lines begin with. */
  readonly meminfo: { readonly path: string; readonly prefix: string };
  readonly defaultHugepageSize: PageSize | undefined;
  /** The nodes that are online or were, ascending. */
  readonly knownNodes: readonly NumaNodeId[];
  /** MemTotal of the machine, if this is its only node. */
  readonly wholeMemoryBytes: bigint | undefined;
}

/**
 * Makes up for files that a copy of a node lacks, as far as others tell the same, and notes what was inferred or left
 * out. What is there and cannot be read stays a failure. Never rejects for what is in there.
 */
export async function completedNode(
  node: NodeReading,
  copy: CopiedNode,
  notes: Assumptions,
): Promise<NodeReading> {
  const missing = new Set(
    node.failures.filter(({ error }) => isMissing(error)).map(({ error }) => basename(error.path)),
  );
  const note = (text: string) => notes.addOfNode(node.id, text);
  const hugepages = await completedPools(node.hugepages, copy, note);
  const allDistances = missing.has("distance") ? undefined : await distancesOfAll(node, copy);
  const failures = node.failures.filter(({ error }) =>
    !isMissing(error) && (allDistances === undefined || basename(error.path) !== "distance")
  );
  if (missing.has("distance")) note("no distances: the copy has no distance");
  if (allDistances !== undefined) note("distances to nodes that are not online as well: there are as many");
  return {
    ...node,
    cpus: missing.has("cpulist") ? await cpusOfMap(copy.directory, note) : node.cpus,
    distances: allDistances ?? node.distances,
    memoryBytes: missing.has("meminfo") ? wholeMemory(copy, note) : node.memoryBytes,
    hugepages: hugepages.readings,
    failures: [...failures, ...hugepages.failure === undefined ? [] : [hugepages.failure]],
  };
}

/** A node that went offline while the files were copied is still among the distances of others. */
async function distancesOfAll(
  { distances }: NodeReading,
  { directory, knownNodes }: CopiedNode,
): Promise<NodeReading["distances"] | undefined> {
  if (distances.size > 0) return undefined;
  const all = await attempt(readText(`${directory}/distance`, (text) => parseDistances(text, knownNodes)));
  return all instanceof UnreadableFileError ? undefined : all;
}

/** Kernels before 2.6.26 have no `cpulist`, but the same as a mask (`%*pb` of core-api/printk-formats.rst). */
async function cpusOfMap(directory: string, note: (text: string) => void): Promise<number[]> {
  const cpus = await attempt(readText(`${directory}/cpumap`, parseCpuMap));
  if (!(cpus instanceof UnreadableFileError)) return cpus;
  note("no CPUs: the copy has neither cpulist nor cpumap");
  return [];
}

/** Reads a mask of CPUs: groups of 32 bits in hexadecimal, the highest first. Throws {@link ParseError}. */
export function parseCpuMap(text: string): number[] {
  const groups = text.trim().split(",").reverse();
  if (!groups.every((group) => /^[0-9a-f]{1,8}$/i.test(group))) {
    throw new ParseError(`expected a mask such as 00000000,0000000f, found ${excerpt(text)}`);
  }
  return groups.flatMap((group, index) => {
    const bits = parseInt(group, 16);
    return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (bits >>> bit & 1) === 1)
      .map((bit) => index * 32 + bit);
  });
}

function wholeMemory({ wholeMemoryBytes }: CopiedNode, note: (text: string) => void): bigint | undefined {
  note(
    wholeMemoryBytes === undefined
      ? "no memory: the copy has no meminfo of it"
      : "all memory of the machine: the copy has no meminfo of it",
  );
  return wholeMemoryBytes;
}

/** The pools with what could be made up, and what leaves the memory of the node unknown. */
async function completedPools(
  { pageSizes, pools, failures }: PoolReadings,
  copy: CopiedNode,
  note: (text: string) => void,
): Promise<{ readings: PoolReadings; failure?: NodeReading["failures"][number] }> {
  if (pageSizes.length === 0 && failures.length === 0) return await poolOfMeminfo(copy, note);
  const completed: HugepagePool[] = [], left: PoolFailure[] = [];
  for (const failure of failures) {
    const [size] = failure.pageSizes === "every size" ? [] : failure.pageSizes;
    const pool = size !== undefined && isMissing(failure.error)
      ? await roughPool(copy, size, note)
      : undefined;
    if (pool === undefined) left.push(failure);
    else completed.push(pool);
  }
  const all = [...pools, ...completed].sort((a, b) => Number(a.pageSize - b.pageSize));
  return { readings: { pageSizes, pools: all, failures: left } };
}

/** A pool whose directory lacks some of its three files. */
async function roughPool(
  { hugepages }: CopiedNode,
  pageSize: PageSize,
  note: (text: string) => void,
): Promise<HugepagePool | undefined> {
  const count = async (name: string) => {
    const path = `${hugepages}/${formatKernelDirectory(pageSize)}/${name}_hugepages`;
    const result = await attempt(readText(path, parseCount));
    return result instanceof UnreadableFileError ? undefined : result;
  };
  const [total, free, surplus] = await Promise.all([count("nr"), count("free"), count("surplus")]);
  if (total === undefined) return undefined;
  const size = formatKubernetesPageSize(pageSize);
  if (free === undefined) note(`no page of ${size} in use: the copy has no free_hugepages`);
  if (surplus === undefined) note(`no surplus page of ${size}: the copy has no surplus_hugepages`);
  const pool = { pageSize, total, free: free ?? total, surplus: surplus ?? 0n };
  return pool.free <= total && pool.surplus <= total ? pool : undefined;
}

/**
 * Where there is no directory of pools, `meminfo` still counts the pages of the default size (hugetlbpage.rst), which
 * are no ordinary memory.
 */
async function poolOfMeminfo(
  { meminfo: { path, prefix }, defaultHugepageSize }: CopiedNode,
  note: (text: string) => void,
): Promise<{ readings: PoolReadings; failure?: NodeReading["failures"][number] }> {
  const text = await attempt(readText(path, (text) => text));
  const count = (key: string) => {
    const [, pages] = text instanceof UnreadableFileError
      ? []
      : new RegExp(`^${prefix}HugePages_${key}: *(\\d{1,15})[ \\0]*$`, "m").exec(text) ?? [];
    return pages === undefined ? undefined : BigInt(pages);
  };
  const total = count("Total") ?? 0n;
  const none: PoolReadings = { pageSizes: [], pools: [], failures: [] };
  if (total === 0n) return { readings: none };
  if (defaultHugepageSize === undefined) {
    const reason = `counts ${total} hugepages, and nothing in the copy tells their size`;
    return {
      readings: none,
      failure: { error: new UnreadableFileError(path, reason), resource: memoryResource },
    };
  }
  note(
    `pages of ${formatKubernetesPageSize(defaultHugepageSize)} as its meminfo counts them: ` +
      "the copy has no directory of its pools",
  );
  const pool = {
    pageSize: defaultHugepageSize,
    total,
    free: count("Free") ?? total,
    surplus: count("Surp") ?? 0n,
  };
  return { readings: { pageSizes: [defaultHugepageSize], pools: [pool], failures: [] } };
}
