import { formatKubernetesPageSize, type PageSize } from "../values/page_size.ts";
import { formatIdList } from "../values/id_list.ts";
import type { NumaNodeId } from "../values/ids.ts";

/** A request of a claim as a pod names it: known before the claim is there. */
export interface NamedRequest {
  /** The pod's own name for the claim. */
  readonly podClaimName: string;
  readonly request: string;
}

/** What a container holds by a request. */
export interface HeldShare {
  readonly numaNode: NumaNodeId;
  readonly pageSize: PageSize;
  readonly bytes: bigint;
}

/**
 * The variables that tell a container what it holds by a request, as `NAME=VALUE`, beside those that the driver reads
 * (`encodeEnvironment`): dash and busybox drop what is no name in a shell (POSIX 2.5.3), and nobody knows a claim's uid
 * before it is there.
 *
 *     DRAMEMORY_<CLAIM>_<REQUEST>_NUMA_NODES=0,1
 *     DRAMEMORY_<CLAIM>_<REQUEST>_BYTES=536870912
 *     DRAMEMORY_<CLAIM>_<REQUEST>_PAGE_SIZE=2Mi
 */
export function shellVariables(name: NamedRequest, shares: readonly HeldShare[]): string[] {
  const prefix = variablePrefix(name);
  const sizes = [...new Set(shares.map(({ pageSize }) => pageSize))].sort((a, b) => Number(a - b));
  return [
    `${prefix}_NUMA_NODES=${formatIdList(shares.map(({ numaNode }) => numaNode))}`,
    `${prefix}_BYTES=${shares.reduce((sum, { bytes }) => sum + bytes, 0n)}`,
    `${prefix}_PAGE_SIZE=${sizes.map(formatKubernetesPageSize).join(",")}`,
  ];
}

/** What the names of a request's variables begin with: upper case, `_` in place of all that shells do not take. */
export function variablePrefix({ podClaimName, request }: NamedRequest): string {
  return `DRAMEMORY_${podClaimName}_${request}`.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/** The first two different requests whose variables would have the same names; undefined when there are none. */
export function collidingRequests(names: readonly NamedRequest[]): [NamedRequest, NamedRequest] | undefined {
  const seen = new Map<string, NamedRequest>();
  for (const name of names) {
    const prefix = variablePrefix(name), other = seen.get(prefix);
    if (other !== undefined && (other.podClaimName !== name.podClaimName || other.request !== name.request)) {
      return [other, name];
    }
    seen.set(prefix, name);
  }
  return undefined;
}
