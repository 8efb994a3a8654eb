import type { Reservation } from "../../core/devices/reservation.ts";
import { type Reserved, reserveMemory } from "../../core/devices/reserved_memory.ts";
import type { TopologySource } from "../../core/ports/topology_source.ts";
import type { Topology } from "../../core/topology/topology.ts";
import { writeErr } from "../ui/terminal.ts";
import type { SharedOptions } from "./shared_options.ts";
import { topologySource } from "./topology_source.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The options of every command that looks at the node's memory. */
export const nodeOptions = [
  "sysfsRoot",
  "procfsRoot",
  "smbiosTable",
  "reservedMemory",
  "reservedMemoryStrict",
  "kubeletConfig",
] as const;

/** What {@link nodeOptions} come to. */
export type NodeOptions = Pick<SharedOptions, typeof nodeOptions[number]>;

/** Where the topology of a node is read. */
type TopologyPlace = Pick<SharedOptions, "sysfsRoot" | "procfsRoot" | "smbiosTable" | "pageSize">;

/** Reads the node once. Throws {@link OperatorError}. */
export async function readTopology(
  options: TopologyPlace,
  source: TopologySource = topologySource(options, options.pageSize),
): Promise<Topology> {
  return await source.read();
}

/** What is to be kept from claims, the kubelet's own looked up where it is wanted. Throws {@link OperatorError}. */
export async function readReservation(
  { reservedMemory: { rules, kubelet }, ...place }: Omit<NodeOptions, "sysfsRoot">,
): Promise<Reservation> {
  if (!kubelet) return rules;
  const { kubeletReservation } = await import("./kubelet_reservation.ts");
  return [...rules, ...await kubeletReservation(place)];
}

/**
 * What a reservation comes to on a machine. What the machine does not have is ignored, since one value may be for a whole
 * cluster, or an error where that is wanted. Throws {@link OperatorError}.
 */
export function reserved(
  reservation: Reservation,
  topology: Topology,
  { reservedMemoryStrict }: Pick<NodeOptions, "reservedMemoryStrict">,
): Reserved {
  const reserved = reserveMemory(reservation, topology);
  const [ignored] = reserved.ignored;
  if (!reservedMemoryStrict || ignored === undefined) return reserved;
  throw new OperatorError(
    `Cannot reserve memory: ${ignored} (without --reserved-memory-strict that is ignored)`,
  );
}

/** Lines on what a reservation came to, for people. */
export function reservedTexts({ notes, ignored }: Reserved): string[] {
  return [
    ...notes.map((note) => `Reserved: ${note}`),
    ...ignored.map((note) => `Reserved nothing: ${note}`),
  ];
}

/** Tells on stderr what a copy lacks and was inferred or left out. */
export function tellAssumed({ assumed }: Topology): void {
  writeErr(assumed.map((text) => `${assumedText(text)}\n`).join(""));
}

/** A line of {@link Topology.assumed} for people. */
export function assumedText(text: string): string {
  return `Assumed: ${text}`;
}
