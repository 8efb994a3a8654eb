import { isInPodLimit, type PreparedClaim } from "./claim.ts";
import { type HeldShare, isMemory } from "./memory_terms.ts";

/** A limit in bytes, or none. */
export type MemoryLimit = bigint | "max";

/** What a cgroup may have of memory (Documentation/admin-guide/cgroup-v2.rst, "Memory"); what is missing is left alone. */
export interface MemoryLimits {
  /** `memory.max`: what it can use at most. */
  readonly max?: MemoryLimit;
  /** `memory.high`: beyond it the kernel slows it down and takes memory back. */
  readonly high?: MemoryLimit;
  /** `memory.low`: what is taken back only when nothing else is left. */
  readonly low?: MemoryLimit;
  /** `memory.min`: what is never taken back. */
  readonly min?: MemoryLimit;
  /** `memory.swap.max`: what of it can be in swap. */
  readonly swapMax?: MemoryLimit;
}

/** The file of a cgroup that each of them is in. */
export const memoryFiles = {
  max: "memory.max",
  high: "memory.high",
  low: "memory.low",
  min: "memory.min",
  swapMax: "memory.swap.max",
} as const satisfies Record<keyof MemoryLimits, string>;

/** What a container holds, claim by claim. */
export type HeldByClaim = ReadonlyMap<
  Pick<PreparedClaim, "countedByKubelet" | "limitedByPod">,
  readonly HeldShare[]
>;

/** What the claims of a container add to its pod, whose cgroup binds it. */
export interface PodShare {
  /** To the pod's `memory.max`, where the kubelet set one. */
  readonly max: bigint;
  readonly low: bigint;
  readonly min: bigint;
}

/** The largest base page of Linux: what is no multiple of a page the kernel rounds down, and then tells otherwise. */
const roundedTo = 64n << 10n;

/**
 * The limits of a container's memory by the terms of its claims; undefined where they have none.
 *
 * `ownMax` is what the kubelet set by the container's `resources.limits.memory`, `max` where it set none. Claims come on
 * top of it, as hugepages do, and as the kubelet itself adds them where it counts claims (KEP-5517): the container's own
 * limit is for what is not claimed, as the page cache of its image, and neither side has to know the other's amount. One
 * without a limit of its own has its claims alone. As soon as one claim asks for a limit all claims of memory count,
 * since the kernel does not tell whose memory it is.
 */
export function memoryLimitsOf(holdings: HeldByClaim, ownMax: MemoryLimit): MemoryLimits | undefined {
  const memory = [...holdings.values()].flat().filter(isMemory);
  const terms = memory.flatMap(({ terms }) => terms?.limits ?? []);
  if (terms.length === 0) return undefined;
  const claimed = sum(memory), all = ownMax === "max" ? claimed : ownMax + sum(uncounted(holdings));
  const part = (field: "highPercent" | "lowPercent" | "minPercent", otherwise: bigint) =>
    percentOf(memory, field, otherwise);
  const low = part("lowPercent", 0n), min = part("minPercent", 0n);
  return {
    ...(terms.some(({ max }) => max === "claim") ? { max: all } : {}),
    ...(terms.some(({ highPercent }) => highPercent !== undefined)
      ? { high: rounded(all - claimed + part("highPercent", 100n)) }
      : {}),
    ...(low > 0n ? { low: rounded(low) } : {}),
    ...(min > 0n ? { min: rounded(min) } : {}),
    ...(terms.some(({ swap }) => swap === "forbidden") ? { swapMax: 0n } : {}),
  };
}

/** What a container adds to its pod, see {@link PodShare}. */
export function podShareOf(holdings: HeldByClaim): PodShare {
  const { max, low = 0n, min = 0n } = memoryLimitsOf(holdings, "max") ?? {};
  const bytes = (limit: MemoryLimit) => limit === "max" ? 0n : limit;
  const uncounted = [...holdings].flatMap(([claim, shares]) =>
    shares.filter((share) => isMemory(share) && !isInPodLimit(claim, share.resource))
  );
  return { max: max === undefined ? 0n : sum(uncounted), low: bytes(low), min: bytes(min) };
}

/** What the kubelet has not added to the limit of the container. */
function uncounted(holdings: HeldByClaim): HeldShare[] {
  return [...holdings].flatMap(([{ countedByKubelet = false }, shares]) =>
    countedByKubelet ? [] : shares.filter(isMemory)
  );
}

function percentOf(
  shares: readonly HeldShare[],
  field: "highPercent" | "lowPercent" | "minPercent",
  otherwise: bigint,
): bigint {
  return shares.reduce(
    (total, { bytes, terms }) => total + bytes * BigInt(terms?.limits?.[field] ?? otherwise) / 100n,
    0n,
  );
}

function rounded(bytes: bigint): bigint {
  return bytes - bytes % roundedTo;
}

function sum(shares: readonly HeldShare[]): bigint {
  return shares.reduce((total, { bytes }) => total + bytes, 0n);
}
