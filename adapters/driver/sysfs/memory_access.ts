import type { NumaNodeId } from "../../../core/values/ids.ts";
import type { MemorySpeed } from "../../../core/topology/memory_speed.ts";
import { parseCount } from "../../shared/kernel_files/content.ts";
import {
  attempt,
  isMissing,
  listDirectory,
  readText,
  UnreadableFileError,
} from "../../shared/kernel_files/read_file.ts";
import { nodeDirectories } from "./node_list.ts";

/** What the firmware says of how a node's memory is reached (HMAT). */
export interface MemoryAccess {
  /** Absent where it says nothing. */
  readonly speed?: MemorySpeed;
  /** The nodes with CPUs that reach it best, ascending; absent where it does not say. */
  readonly initiators?: readonly NumaNodeId[];
  /** What there is and could not be read. */
  readonly failures: readonly UnreadableFileError[];
}

/** The files of `access0/initiators`, and what they are. */
const speeds = {
  read_bandwidth: "readBandwidthMebibytes",
  write_bandwidth: "writeBandwidthMebibytes",
  read_latency: "readLatencyNanoseconds",
  write_latency: "writeLatencyNanoseconds",
} as const satisfies Record<string, keyof MemorySpeed>;

/**
 * Reads what the kernel has of a node's performance out of its directory `devices/system/node/nodeN`: of the access class 0
 * the speed for the best initiator, whatever that is, and of class 1 the best ones that have CPUs (Linux 5.12 and newer;
 * Documentation/admin-guide/mm/numaperf.rst). Never rejects for what is in there.
 */
export async function readMemoryAccess(directory: string): Promise<MemoryAccess> {
  const failures: UnreadableFileError[] = [];
  const known = <T>(result: T | UnreadableFileError): T | undefined => {
    if (!(result instanceof UnreadableFileError)) return result;
    if (!isMissing(result)) failures.push(result);
    return undefined;
  };
  const values = await Promise.all(
    Object.entries(speeds).map(async ([file, name]) => {
      const value = known(await attempt(readText(`${directory}/access0/initiators/${file}`, parseCount)));
      // The kernel writes 0 for what the firmware left out of several.
      return value === undefined || value === 0n ? [] : [[name, Number(value)] as const];
    }),
  );
  const speed: MemorySpeed = Object.fromEntries(values.flat());
  const names = known(await attempt(listDirectory(`${directory}/access1/initiators`))) ?? [];
  const initiators = nodeDirectories(`${directory}/access1/initiators`, names);
  return {
    ...Object.keys(speed).length === 0 ? {} : { speed },
    ...initiators.nodes.length === 0 ? {} : { initiators: initiators.nodes },
    failures: [...failures, ...initiators.failures],
  };
}
