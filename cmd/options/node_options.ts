import { Command, Option } from "commander";
import { SysfsTopology } from "../../adapters/driver/sysfs/sysfs_topology.ts";
import {
  checkReservedMemory,
  noReservedMemory,
  parseReservedMemory,
  type ReservedMemory,
  ReservedMemoryError,
} from "../../core/devices/reserved_memory.ts";
import { TopologyError } from "../../core/ports/topology_source.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { JobError, UsageError } from "../ui/fail.ts";

/** The options of every command that looks at the node. */
export interface NodeOptions {
  readonly sysfsRoot: string;
  readonly procfsRoot: string;
  readonly reservedMemory: ReservedMemory;
}

/** Adds the options of {@link NodeOptions} to a command. */
export function withNodeOptions(command: Command): Command {
  return command
    .option("--sysfs-root <dir>", "stands in for /sys, to look at a copy of another machine's", "/sys")
    .option("--procfs-root <dir>", "stands in for /proc, likewise", "/proc")
    .addOption(
      new Option(
        "--reserved-memory <amounts>",
        "what is kept from claims, as the kubelet writes it: 0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi",
      ).argParser(reservedMemory).default(noReservedMemory, "nothing"),
    );
}

/** Reads the node once and checks the reservation against it. Throws {@link JobError}. */
export async function readTopology(options: NodeOptions): Promise<Topology> {
  try {
    const topology = await new SysfsTopology(options).read();
    checkReservedMemory(options.reservedMemory, topology);
    return topology;
  } catch (cause) {
    if (!(cause instanceof TopologyError || cause instanceof ReservedMemoryError)) throw cause;
    throw new JobError(cause.message, { cause });
  }
}

function reservedMemory(text: string): ReservedMemory {
  try {
    return parseReservedMemory(text);
  } catch (cause) {
    if (!(cause instanceof ReservedMemoryError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
