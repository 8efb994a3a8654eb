import type { NumaNodeId } from "../../../core/values/ids.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { parseNodeList } from "./id_lists.ts";

/** The memory tier of each node that has one, the fastest is 0, and what could not be read. */
export interface MemoryTiers {
  readonly byNode: ReadonlyMap<NumaNodeId, number>;
  readonly failures: readonly UnreadableFileError[];
}

/** Many times what a kernel has: a tier for each group of nodes that are equally fast. */
const maxTiers = 128;

/**
 * Reads the kernel's memory tiers, `devices/virtual/memory_tiering/memory_tierN/nodelist`: the lower N, the faster
 * (Documentation/ABI/testing/sysfs-kernel-mm-memory-tiers). N itself has gaps, so that tiers are counted from 0. Older
 * kernels, as 6.1, have none. Without one of them the others cannot be counted, and none is told. Never rejects for what is
 * in there.
 */
export async function readMemoryTiers(sysfsRoot: string): Promise<MemoryTiers> {
  const directory = `${sysfsRoot}/devices/virtual/memory_tiering`;
  const names = await attempt(listDirectory(directory));
  if (names instanceof UnreadableFileError) {
    return { byNode: new Map(), failures: isMissing(names) ? [] : [names] };
  }
  const numbers = names.flatMap((name) => /^memory_tier(\d{1,6})$/.exec(name)?.slice(1).map(Number) ?? []);
  if (numbers.length > maxTiers) {
    const reason = `has ${numbers.length} tiers, more than ${maxTiers}`;
    return { byNode: new Map(), failures: [new UnreadableFileError(directory, reason)] };
  }
  const byNode = new Map<NumaNodeId, number>();
  for (const [tier, number] of numbers.sort((a, b) => a - b).entries()) {
    const nodes = await attempt(readText(`${directory}/memory_tier${number}/nodelist`, parseNodeList));
    if (nodes instanceof UnreadableFileError) return { byNode: new Map(), failures: [nodes] };
    for (const node of nodes) byNode.set(node, tier);
  }
  return { byNode, failures: [] };
}
