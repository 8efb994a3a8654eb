import type { PreparedClaim } from "../claims/claim.ts";
import type { NumaNodeId } from "../values/ids.ts";
import { TopologyError } from "../ports/topology_source.ts";
import { formatQuantity } from "../values/quantity.ts";
import { memoryResource, type ResourceName } from "../values/resource_name.ts";
import type { NumaNode, Topology } from "../topology/topology.ts";
import type { Device } from "./device.ts";
import { poolName } from "./pool.ts";

/** A device as far as one that is gone is still known. */
interface KnownDevice {
  readonly pool: string;
  readonly device: string;
  readonly resource: ResourceName;
  readonly numaNode: NumaNodeId;
}

/** Why a device is not what its claims were promised. */
export type ProblemReason = "Unreadable" | "Offline" | "Shrank" | "Poisoned";

/** What is wrong with a device. */
export interface DeviceProblem {
  readonly reason: ProblemReason;
  /** At most 1,024 bytes of UTF-8. */
  readonly message: string;
}

/** Whether a device is what its claims were promised. */
export interface DeviceHealth extends KnownDevice {
  /** Undefined as long as the device is healthy. */
  readonly problem: DeviceProblem | undefined;
}

/** What the health of a node's devices is judged by. */
export interface HealthEvidence {
  readonly nodeName: string;
  /** The topology and the devices that came of it, or why it could not be read. */
  readonly reading: { readonly topology: Topology; readonly devices: readonly Device[] } | TopologyError;
  /** Every prepared claim. */
  readonly claims: Iterable<PreparedClaim>;
  /** The judgement before this one. */
  readonly before: readonly DeviceHealth[];
}

/** What the kubelet keeps of a message (`ResourceHealthMessageMaxLength`); it cuts between any two bytes. */
const maxProblemBytes = 1024;

/**
 * Judges every device that the node publishes, published before, or has claims on.
 *
 * The kubelet looks a container's devices up in the list, and takes one that is missing for unknown
 * (KEP-4680): so a device that is gone stays in it for as long as a claim holds some of it. A device that nobody
 * holds stays while it is a failure that keeps it away, and leaves when its pool was merely emptied.
 */
export function healthOf({ nodeName, reading, claims, before }: HealthEvidence): DeviceHealth[] {
  const published = reading instanceof TopologyError ? [] : reading.devices;
  const allocations = [...claims].flatMap((claim) => claim.allocations);
  const capacity = new Map(published.map(({ name, capacityBytes }) => [name, capacityBytes]));
  const held = new Map<string, bigint>();
  for (const { device, bytes } of allocations) held.set(device, (held.get(device) ?? 0n) + bytes);

  const devices = published.map(({ name, ...rest }) => (
    { ...rest, device: name, pool: poolName(nodeName, rest.resource) }
  ));
  return unique([...devices, ...before, ...allocations]).flatMap((known) => {
    const capacityBytes = capacity.get(known.device);
    const found = failure(known, reading) ??
      shortage(known, held.get(known.device) ?? 0n, capacityBytes ?? 0n);
    if (found === undefined && capacityBytes === undefined) return [];
    return [{ ...known, problem: found }];
  });
}

/** Each device once, in the order of its first mention. */
function unique(devices: readonly KnownDevice[]): KnownDevice[] {
  const known = new Map<string, KnownDevice>();
  for (const { pool, device, resource, numaNode } of devices) {
    if (!known.has(device)) known.set(device, { pool, device, resource, numaNode });
  }
  return [...known.values()];
}

function failure(
  { resource, numaNode }: KnownDevice,
  reading: HealthEvidence["reading"],
): DeviceProblem | undefined {
  if (reading instanceof TopologyError) return problem("Unreadable", reading.message);
  const { nodes, unreadable } = reading.topology;
  const node = nodes.find(({ id }) => id === numaNode);
  if (node === undefined) {
    return problem("Offline", `NUMA node ${numaNode} is offline`);
  }
  const parts = unreadable.filter((part) => part.numaNode === numaNode && part.resource === resource);
  if (parts.length === 0) return poisoning(resource, node);
  const reasons = parts.map(({ path, reason }) => `${path}: ${reason}`).join("; ");
  return problem("Unreadable", `Cannot read ${resource} of NUMA node ${numaNode}: ${reasons}`);
}

/** The kernel takes a poisoned hugepage out of its pool, which shrinks; ordinary memory stays as large as it was. */
function poisoning(resource: ResourceName, { id, poisonedPages = 0n }: NumaNode): DeviceProblem | undefined {
  if (resource !== memoryResource || poisonedPages === 0n) return undefined;
  return problem("Poisoned", `NUMA node ${id} has ${poisonedPages} pages that its hardware has corrupted`);
}

function shortage(
  { resource, numaNode }: KnownDevice,
  heldBytes: bigint,
  capacityBytes: bigint,
): DeviceProblem | undefined {
  if (heldBytes <= capacityBytes) return undefined;
  return problem(
    "Shrank",
    `${resource} of NUMA node ${numaNode} shrank: claims hold ${formatQuantity(heldBytes)} of it, ` +
      `and it has ${formatQuantity(capacityBytes)} for them`,
  );
}

/** The message is the longest beginning of a text that fits, in whole characters. */
function problem(reason: ProblemReason, text: string): DeviceProblem {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxProblemBytes));
  return { reason, message: text.slice(0, read) };
}
