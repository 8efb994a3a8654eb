import type { ContainerMemorySource } from "../ports/container_memory.ts";
import type { Comparison } from "./compared.ts";
import { compare } from "./comparison.ts";
import type { ClaimedContainer, DriverStatus, FailedResize } from "./driver_status.ts";

/** A container that holds claims, and how what it has compares with what it was promised. */
export interface ContainerReport extends ClaimedContainer {
  /** Whether the kernel has its cgroup; there is nothing to compare otherwise. */
  readonly found: boolean;
  readonly comparisons: readonly Comparison[];
}

/** Claims and containers of a node, and the devices that they hold. */
export interface NodeReport extends Pick<DriverStatus, "devices" | "claims"> {
  readonly containers: readonly ContainerReport[];
  readonly failedResizes: readonly FailedResize[];
}

/** Whether anything of a container is not as promised. */
export function differs({ comparisons }: Pick<ContainerReport, "comparisons">): boolean {
  return comparisons.some(({ differs }) => differs);
}

/** How many containers are looked at side by side: each has some twenty files. */
const containersAtOnce = 8;

/**
 * Puts together what the instances of a driver on a node know, which is the same record, but that only the one that
 * acts towards the runtime knows of containers; and compares it with what the kernel says now.
 */
export async function reportOn(
  statuses: readonly Pick<DriverStatus, "devices" | "claims" | "containers" | "resizes">[],
  memory: ContainerMemorySource,
): Promise<NodeReport> {
  const knowing = statuses.toSorted((a, b) => b.containers.length - a.containers.length);
  const containers = firstOf(knowing.flatMap(({ containers }) => containers), ({ id }) => id);
  const reports: ContainerReport[] = [];
  for (let start = 0; start < containers.length; start += containersAtOnce) {
    const some = containers.slice(start, start + containersAtOnce);
    reports.push(...await Promise.all(some.map((container) => reportOnContainer(container, memory))));
  }
  const claims = firstOf(knowing.flatMap(({ claims }) => claims), ({ reference }) => reference.uid);
  return {
    devices: knowing[0]?.devices ?? [],
    claims: claims.map((claim) => {
      const knower = knowing.flatMap(({ claims }) => claims)
        .find(({ reference, container }) => reference.uid === claim.reference.uid && container !== undefined);
      return knower ?? claim;
    }),
    containers: reports,
    failedResizes: firstOf(knowing.flatMap(({ resizes }) => resizes?.failed ?? []), ({ pod }) => pod.uid),
  };
}

async function reportOnContainer(
  container: ClaimedContainer,
  memory: ContainerMemorySource,
): Promise<ContainerReport> {
  const actual = await memory.read(container.pod.uid, container.id);
  return {
    ...container,
    found: actual !== undefined,
    comparisons: actual === undefined ? [] : compare(container, actual),
  };
}

/** One value for each key, the first. */
function firstOf<Value, Key>(values: readonly Value[], key: (value: Value) => Key): Value[] {
  const seen = new Set<Key>();
  return values.filter((value) => !seen.has(key(value)) && seen.add(key(value)));
}
