import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { numaNodeId, type PodUid } from "../../../../core/values/ids.ts";
import { formatPageSize, type PageSize } from "../../../../core/values/page_size.ts";
import type {
  ClaimedHugepages,
  HugepageReservation,
} from "../../../../core/operations/ports/claimed_hugepages.ts";
import type { HugetlbByNode } from "../../../../core/ports/container_memory.ts";
import { PromisedPages } from "../../../../core/operations/setup_hugepages/promised_pages.ts";

/** Prepared claims, and the bytes that pods use by pod and size (`pod-uid-1/2m`), then by node. */
export class Claimed implements ClaimedHugepages {
  constructor(
    private readonly claims: readonly PreparedClaim[],
    private readonly counted: Readonly<Record<string, Readonly<Record<number, bigint>>>> = {},
    private readonly reservations: readonly HugepageReservation[] = [],
  ) {}

  reserved(): Promise<readonly HugepageReservation[]> {
    return Promise.resolve(this.reservations);
  }

  prepared(): Promise<readonly PreparedClaim[]> {
    return Promise.resolve(this.claims);
  }

  used(pod: PodUid, pageSize: PageSize): Promise<HugetlbByNode | undefined> {
    const counted = this.counted[`${pod}/${formatPageSize(pageSize)}`];
    if (counted === undefined) return Promise.resolve(undefined);
    const bytes = new Map(Object.entries(counted).map(([node, bytes]) => [numaNodeId(Number(node)), bytes]));
    return Promise.resolve({ kind: "counted", bytes });
  }
}

/** What those claims hold. */
export function promisesOf(...parameters: ConstructorParameters<typeof Claimed>): Promise<PromisedPages> {
  return PromisedPages.read(new Claimed(...parameters));
}
