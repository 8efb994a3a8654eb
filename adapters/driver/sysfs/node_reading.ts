import type { NumaNodeId } from "../../../core/values/ids.ts";
import { memoryResource, type ResourceName } from "../../../core/values/resource_name.ts";
import type { NumaNode } from "../../../core/topology/topology.ts";
import { parseDistances } from "./distance.ts";
import type { NodeList } from "./node_list.ts";
import { type PoolReadings, readHugepagePools } from "./hugepage_pools.ts";
import { parseCpuList } from "./id_lists.ts";
import { parseMemTotal } from "./meminfo.ts";
import { readMemoryAccess } from "./memory_access.ts";
import { parseCount } from "../../shared/kernel_files/content.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

/** What could be read of one NUMA node, before the page sizes of the whole machine are known. */
export interface NodeReading extends Pick<NumaNode, "tier" | "origin" | "speed" | "initiators" | "socket"> {
  readonly id: NumaNodeId;
  readonly cpus: readonly number[];
  readonly distances: ReadonlyMap<NumaNodeId, number>;
  readonly memoryBytes: bigint | undefined;
  readonly movableOnly: boolean;
  /** See NumaNode; zero where the kernel does not tell. */
  readonly poisonedPages: bigint;
  readonly hugepages: PoolReadings;
  /** What could not be read, hugepages apart. */
  readonly failures: readonly NodeFailure[];
}

/** A file of a node that could not be read, and the resource that cannot be published without it, if any. */
export interface NodeFailure {
  readonly error: UnreadableFileError;
  readonly resource: ResourceName | undefined;
}

/**
 * Reads one online node from its directory `devices/system/node/nodeN`
 * (Documentation/ABI/stable/sysfs-devices-node), all but its tier and what its memory is made of. Never rejects for what is in there.
 */
export async function readNode(
  directory: string,
  id: NumaNodeId,
  { online, withNormalMemory }: Pick<NodeList, "online" | "withNormalMemory">,
): Promise<NodeReading> {
  const [cpus, distances, memoryBytes, poisonedPages, { failures: unknownAccess, ...access }, hugepages] =
    await Promise.all([
      attempt(readText(`${directory}/cpulist`, parseCpuList)),
      attempt(readText(`${directory}/distance`, (text) => parseDistances(text, online))),
      attempt(readText(`${directory}/meminfo`, (text) => parseMemTotal(text, id))),
      attempt(readText(`${directory}/memory_failure/total`, parseCount)),
      readMemoryAccess(directory),
      readHugepagePools(`${directory}/hugepages`),
    ]);
  const socket = cpus instanceof UnreadableFileError ? undefined : await readSocket(directory, cpus);
  const failures: NodeFailure[] = unknownAccess.map((error) => ({ error, resource: undefined }));
  const known = <T>(result: T | UnreadableFileError, resource?: ResourceName): T | undefined => {
    if (!(result instanceof UnreadableFileError)) return result;
    failures.push({ error: result, resource });
    return undefined;
  };
  return {
    id,
    cpus: known(cpus) ?? [],
    distances: known(distances) ?? new Map(),
    memoryBytes: known(memoryBytes, memoryResource),
    movableOnly: withNormalMemory?.includes(id) === false && memoryBytes !== 0n,
    // Linux 6.4 and newer, with CONFIG_MEMORY_FAILURE.
    poisonedPages: poisonedPages instanceof UnreadableFileError ? 0n : poisonedPages,
    ...access,
    ...socket === undefined ? {} : { socket },
    hugepages,
    failures,
  };
}

/** The socket of the first CPU, which the others share; undefined where the kernel does not tell. */
async function readSocket(directory: string, [first]: readonly number[]): Promise<number | undefined> {
  if (first === undefined) return undefined;
  const id = await attempt(readText(`${directory}/cpu${first}/topology/physical_package_id`, parseCount));
  return id instanceof UnreadableFileError ? undefined : Number(id);
}
