import { Command, Option } from "commander";
import {
  checkReservedMemory,
  noReservedMemory,
  parseReservedMemory,
  type ReservedMemory,
  ReservedMemoryError,
} from "../../core/devices/reserved_memory.ts";
import { parseWrittenPageSize } from "../../core/operations/setup_hugepages/written_page_size.ts";
import { TopologyError, type TopologySource } from "../../core/ports/topology_source.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { type PageSize, PageSizeError } from "../../core/values/page_size.ts";
import { JobError, UsageError } from "../ui/fail.ts";
import { writeErr } from "../ui/terminal.ts";
import { topologySource } from "./topology_source.ts";

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

/** Adds the option to say what a copy of another machine's files lacks. */
export function withPageSize(command: Command): Command {
  return command.addOption(
    new Option(
      "--page-size <size>",
      "the size of a base page of a copied machine whose copy does not tell it",
    )
      .argParser(pageSizeOption),
  );
}

/** The options of {@link withPageSize}. */
export interface PageSizeOptions {
  readonly pageSize?: PageSize;
}

/** Reads the node once and checks the reservation against it. Throws {@link JobError}. */
export async function readTopology(
  options: NodeOptions & PageSizeOptions,
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

function reservedMemory(text: string): ReservedMemory {
  try {
    return parseReservedMemory(text);
  } catch (cause) {
    if (!(cause instanceof ReservedMemoryError)) throw cause;
    throw new UsageError(cause.message, { cause });
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

function pageSizeOption(text: string): PageSize {
  try {
    return parseWrittenPageSize(text);
  } catch (cause) {
    if (!(cause instanceof PageSizeError)) throw cause;
    throw new UsageError(`--page-size: ${cause.message}`, { cause });
  }
}
