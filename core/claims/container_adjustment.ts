import type { Adjustment, Container } from "../ports/container_service.ts";
import type { PageSize } from "../values/page_size.ts";
import type { Holdings } from "./claim_owners.ts";
import { type MemoryLimit, type MemoryLimits, memoryLimitsOf } from "./memory_limits.ts";
import { memoryPolicyOf } from "./memory_policy.ts";
import type { HeldShare } from "./memory_terms.ts";
import { hugetlbBytes, type MachineNodes, nodesOf } from "./shares.ts";

/** All that a container holds, of whichever claim. */
export function heldSharesOf(holdings: Holdings): HeldShare[] {
  return [...holdings.values()].flat();
}

/**
 * What a container with these holdings gets: its own limit of hugepages and its claims, which the kubelet may have said
 * itself (KEP-5517). A limit that is higher already stays. `ownMax` is what the kubelet set of its memory. Throws
 * `PolicyConflictError`.
 */
export function adjustmentOf(
  holdings: Holdings,
  { applied }: Container,
  machine: MachineNodes = { companions: new Map(), memoryNodes: [] },
  ownMax: MemoryLimit = "max",
): Adjustment {
  const shares = heldSharesOf(holdings), policy = memoryPolicyOf(shares);
  const limits = [...hugetlbBytes(shares)].map(([size, bytes]) => {
    const present = applied.hugetlbBytes.get(size) ?? 0n, wanted = ordinaryBytes(holdings, size) + bytes;
    return [size, present > wanted ? present : wanted] as const;
  });
  return {
    ...nodesOf(shares, machine, policy),
    ...(policy === undefined ? {} : { policy }),
    ...memoryOf(holdings, applied, ownMax),
    hugetlbBytes: new Map(limits),
  };
}

/**
 * A runtime that is told what a container may have at most takes swap for none, unless it is told of that as well. What the
 * kubelet says of `memory.high` is by the container's own limit (`memoryThrottlingFactor` of its MemoryQoS), and would slow
 * it down long before it has what is claimed, unless the kubelet counts claims.
 */
function memoryOf(
  holdings: Holdings,
  { memory }: Adjustment,
  ownMax: MemoryLimit,
): Pick<Adjustment, "memory"> {
  const limits = memoryLimitsOf(holdings, ownMax);
  if (limits?.max === undefined) return limits === undefined ? {} : { memory: limits };
  const isCounted = [...holdings.keys()].every(({ countedByKubelet = false }) => countedByKubelet);
  const high = memory?.high === undefined || isCounted ? {} : { high: "max" } as const;
  return { memory: { swapMax: memory?.swapMax ?? "max", ...high, ...limits } };
}

/** The container's own limit of a page size. Each of its claims knows it, unless an older driver prepared them. */
function ordinaryBytes(holdings: Holdings, size: PageSize): bigint {
  const known = [...holdings.keys()].flatMap(({ ordinaryHugepages = [] }) => ordinaryHugepages);
  return known.find(({ pageSize }) => pageSize === size)?.bytes ?? 0n;
}

/** Whether a container has all of an adjustment already. */
export function isApplied(wanted: Adjustment, { applied }: Container): boolean {
  return wanted.mems === applied.mems &&
    Object.entries(wanted.memory ?? {}).every(([field, limit]) =>
      applied.memory?.[field as keyof MemoryLimits] === limit
    ) &&
    [...wanted.hugetlbBytes].every(([size, bytes]) => applied.hugetlbBytes.get(size) === bytes);
}
