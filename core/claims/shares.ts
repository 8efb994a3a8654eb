import { formatIdList } from "../values/id_list.ts";
import type { NumaNodeId } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import type { PreparedClaim } from "./claim.ts";
import { type ClaimEnvironment, inOrder, type Share } from "./environment.ts";
import { isPreference, type MemoryPolicy } from "./memory_policy.ts";

/**
 * What a container is told of a claim, request by request; see `encodeEnvironment` for why a claim with a single
 * request leaves out the request's name.
 */
export function environmentsOf({ reference, allocations }: PreparedClaim): ClaimEnvironment[] {
  const byRequest = Map.groupBy(allocations, ({ request }) => request);
  return [...byRequest].map(([request, shares]) => ({
    claim: reference.uid,
    request: byRequest.size === 1 ? undefined : request,
    shares: inOrder(shares.map(({ resource, numaNode, bytes }) => ({ resource, numaNode, bytes }))),
  }));
}

/** The NUMA nodes of shares, as `cpuset.mems` takes them. */
export function cpusetMems(shares: readonly Share[]): string {
  return formatIdList(shares.map(({ numaNode }) => numaNode));
}

/** Where the memory of shares comes from. */
export interface Nodes {
  /** As `cpuset.mems` takes them. */
  readonly mems: string;
  /** Those that are to be taken first, where the others are only there for the kernel; undefined where all are alike. */
  readonly preferred?: string;
}

/** What of a machine's nodes decides where the memory of shares can come from. */
export interface MachineNodes {
  /** For nodes whose memory the kernel cannot use for itself, those that containers get beside them. */
  readonly companions: ReadonlyMap<NumaNodeId, NumaNodeId>;
  /** Every node that has memory. */
  readonly memoryNodes: readonly NumaNodeId[];
}

/**
 * The nodes of shares. Where the kernel can use the memory of none of them for itself, each has its companion beside it.
 * Where they are only preferred, every other node that has memory is there as well.
 */
export function nodesOf(
  shares: readonly Share[],
  { companions, memoryNodes }: MachineNodes,
  policy?: MemoryPolicy,
): Nodes {
  const nodes = shares.map(({ numaNode }) => numaNode);
  if (policy !== undefined && isPreference(policy)) return { mems: formatIdList([...nodes, ...memoryNodes]) };
  const beside = nodes.flatMap((node) => companions.get(node) ?? []);
  if (nodes.length === 0 || beside.length < nodes.length) return { mems: cpusetMems(shares) };
  return { mems: formatIdList([...nodes, ...beside]), preferred: formatIdList(nodes) };
}

/** The hugetlb bytes of shares by page size, each the sum over all shares. Memory in base pages has none. */
export function hugetlbBytes(shares: Iterable<Share>): Map<PageSize, bigint> {
  const sums = new Map<PageSize, bigint>();
  for (const { resource, bytes } of shares) {
    const size = hugepageSizeOf(resource);
    if (size !== undefined) sums.set(size, (sums.get(size) ?? 0n) + bytes);
  }
  return sums;
}
