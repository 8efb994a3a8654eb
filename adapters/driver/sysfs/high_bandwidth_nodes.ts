import type { NumaNodeId } from "../../../core/values/ids.ts";
import {
  attempt,
  isForbidden,
  isMissing,
  listDirectory,
  readFile,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { areHighBandwidth, parseHighBandwidthRanges } from "./high_bandwidth_ranges.ts";
import { memoryBlocks, parseBlockSize } from "./memory_blocks.ts";
import { smbiosTableOf, type TopologyRoots } from "./topology_roots.ts";

/** Nodes whose memory is all high-bandwidth memory, and what could not be read. */
export interface HighBandwidthNodes {
  readonly nodes: ReadonlySet<NumaNodeId>;
  readonly failures: readonly UnreadableFileError[];
}

/**
 * Looks in the firmware's SMBIOS table which of some nodes have high-bandwidth memory and no other. Nothing is read where
 * there are none, and where there is no table nothing is known: many machines have none, runtimes hide it from containers,
 * and the kernel shows it to root alone. One that was named has to be readable. Never rejects for what is in there.
 */
export async function readHighBandwidthNodes(
  roots: Pick<TopologyRoots, "sysfsRoot" | "smbiosTable">,
  candidates: readonly NumaNodeId[],
): Promise<HighBandwidthNodes> {
  const nodes = new Set<NumaNodeId>(), failures: UnreadableFileError[] = [];
  const known = <T>(result: T | UnreadableFileError): T | undefined => {
    if (!(result instanceof UnreadableFileError)) return result;
    if (!isMissing(result)) failures.push(result);
    return undefined;
  };
  if (candidates.length === 0) return { nodes, failures };
  const table = await attempt(readFile(smbiosTableOf(roots), parseHighBandwidthRanges));
  if (roots.smbiosTable === undefined && table instanceof UnreadableFileError && isForbidden(table)) {
    return { nodes, failures };
  }
  const firmware = known(table);
  if (firmware === undefined || firmware.ranges.length === 0) return { nodes, failures };
  const devices = `${roots.sysfsRoot}/devices/system`;
  const blockSize = known(await attempt(readText(`${devices}/memory/block_size_bytes`, parseBlockSize)));
  if (blockSize === undefined) return { nodes, failures };
  for (const id of candidates) {
    const names = known(await attempt(listDirectory(`${devices}/node/node${id}`))) ?? [];
    if (areHighBandwidth(memoryBlocks(names, blockSize), firmware)) nodes.add(id);
  }
  return { nodes, failures };
}
