import { formatIdList } from "../values/id_list.ts";
import type { PageSize } from "../values/page_size.ts";
import { hugepageSizeOf } from "../values/resource_name.ts";
import type { PreparedClaim } from "./claim.ts";
import { type ClaimEnvironment, inOrder, type Share } from "./environment.ts";

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

/** The hugetlb bytes of shares by page size, each the sum over all shares. Memory in base pages has none. */
export function hugetlbBytes(shares: Iterable<Share>): Map<PageSize, bigint> {
  const sums = new Map<PageSize, bigint>();
  for (const { resource, bytes } of shares) {
    const size = hugepageSizeOf(resource);
    if (size !== undefined) sums.set(size, (sums.get(size) ?? 0n) + bytes);
  }
  return sums;
}
