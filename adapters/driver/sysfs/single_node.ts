import { numaNodeId } from "../../../core/values/ids.ts";
import { readHugepagePools } from "./hugepage_pools.ts";
import { parseCpuInfo, parseCpuList } from "./id_lists.ts";
import type { NodeReading } from "./node_reading.ts";
import { attempt, isMissing, readText, UnreadableFileError } from "../../shared/kernel_files/read_file.ts";
import type { TopologyRoots } from "./topology_roots.ts";

/**
 * Reads a machine whose kernel knows no NUMA as its one node 0, which has all of its memory, CPUs and
 * hugepages. Never rejects for what is in there.
 */
export async function readSingleNode(roots: TopologyRoots, memoryBytes: bigint): Promise<NodeReading> {
  const id = numaNodeId(0);
  const [cpus, hugepages] = await Promise.all([
    readCpus(roots),
    readHugepagePools(`${roots.sysfsRoot}/kernel/mm/hugepages`),
  ]);
  const failed = cpus instanceof UnreadableFileError;
  return {
    id,
    cpus: failed ? [] : cpus,
    distances: new Map([[id, 10]]),
    memoryBytes,
    movableOnly: false,
    poisonedPages: 0n,
    hugepages,
    failures: failed ? [{ error: cpus, resource: undefined }] : [],
  };
}

async function readCpus({ sysfsRoot, procfsRoot }: TopologyRoots): Promise<number[] | UnreadableFileError> {
  const online = await attempt(readText(`${sysfsRoot}/devices/system/cpu/online`, parseCpuList));
  if (!(online instanceof UnreadableFileError && isMissing(online))) return online;
  return await attempt(readText(`${procfsRoot}/cpuinfo`, parseCpuInfo));
}
