import type { NumaNodeId } from "../../../core/values/ids.ts";
import { memoryResource, type ResourceName } from "../../../core/values/resource_name.ts";
import { parseDistances } from "./distance.ts";
import type { NodeList } from "./node_list.ts";
import { type PoolReadings, readHugepagePools } from "./hugepage_pools.ts";
import { parseCpuList } from "./id_lists.ts";
import { parseMemTotal } from "./meminfo.ts";
import { attempt, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";

/** What could be read of one NUMA node, before the page sizes of the whole machine are known. */
export interface NodeReading {
  readonly id: NumaNodeId;
  readonly cpus: readonly number[];
  readonly distances: ReadonlyMap<NumaNodeId, number>;
  readonly memoryBytes: bigint | undefined;
  readonly movableOnly: boolean;
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
 * (Documentation/ABI/stable/sysfs-devices-node). Never rejects for what is in there.
 */
export async function readNode(
  directory: string,
  id: NumaNodeId,
  { online, withNormalMemory }: Pick<NodeList, "online" | "withNormalMemory">,
): Promise<NodeReading> {
  const [cpus, distances, memoryBytes, hugepages] = await Promise.all([
    attempt(readText(`${directory}/cpulist`, parseCpuList)),
    attempt(readText(`${directory}/distance`, (text) => parseDistances(text, online))),
    attempt(readText(`${directory}/meminfo`, (text) => parseMemTotal(text, id))),
    readHugepagePools(`${directory}/hugepages`),
  ]);
  const failures: NodeFailure[] = [];
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
    hugepages,
    failures,
  };
}
