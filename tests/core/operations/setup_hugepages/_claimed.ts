import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { type NumaNodeId, numaNodeId, type PodUid } from "../../../../core/values/ids.ts";
import { formatPageSize, type PageSize } from "../../../../core/values/page_size.ts";
import type { ClaimedHugepages } from "../../../../core/operations/ports/claimed_hugepages.ts";
import { PromisedPages } from "../../../../core/operations/setup_hugepages/promised_pages.ts";

/** Claims on record, and the bytes that pods use by pod and size (`pod-uid-1/2m`), then by node. */
export class Claimed implements ClaimedHugepages {
  constructor(
    private readonly claims: readonly PreparedClaim[],
    private readonly used: Readonly<Record<string, Readonly<Record<number, bigint>>>> = {},
  ) {}

  prepared(): Promise<readonly PreparedClaim[]> {
    return Promise.resolve(this.claims);
  }

  usedBytes(pod: PodUid, pageSize: PageSize): Promise<ReadonlyMap<NumaNodeId, bigint> | undefined> {
    const used = this.used[`${pod}/${formatPageSize(pageSize)}`];
    if (used === undefined) return Promise.resolve(undefined);
    return Promise.resolve(
      new Map(Object.entries(used).map(([node, bytes]) => [numaNodeId(Number(node)), bytes])),
    );
  }
}

/** What those claims hold. */
export function promisesOf(...parameters: ConstructorParameters<typeof Claimed>): Promise<PromisedPages> {
  return PromisedPages.read(new Claimed(...parameters));
}
