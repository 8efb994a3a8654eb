import { checkReservedMemory, ReservedMemoryError } from "../../core/devices/reserved_memory.ts";
import { TopologyError, type TopologySource } from "../../core/ports/topology_source.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { JobError } from "../ui/fail.ts";
import { writeErr } from "../ui/terminal.ts";
import type { SharedOptions } from "./shared_options.ts";
import { topologySource } from "./topology_source.ts";

/** The options of every command that looks at the node's memory. */
export const nodeOptions = ["sysfsRoot", "procfsRoot", "reservedMemory"] as const;

/** What {@link nodeOptions} come to. */
export type NodeOptions = Pick<SharedOptions, typeof nodeOptions[number]>;

/** Reads the node once and checks the reservation against it. Throws {@link JobError}. */
export async function readTopology(
  options: NodeOptions & Pick<SharedOptions, "pageSize">,
  source: TopologySource = topologySource(options, options.pageSize),
): Promise<Topology> {
  try {
    const topology = await source.read();
    checkReservedMemory(options.reservedMemory, topology);
    return topology;
  } catch (cause) {
    if (!(cause instanceof TopologyError || cause instanceof ReservedMemoryError)) throw cause;
    throw new JobError(cause.message, { cause });
  }
}

/** Tells on stderr what a copy lacks and was inferred or left out. */
export function tellAssumed({ assumed }: Topology): void {
  writeErr(assumed.map((text) => `${assumedText(text)}\n`).join(""));
}

/** A line of {@link Topology.assumed} for people. */
export function assumedText(text: string): string {
  return `Assumed: ${text}`;
}
