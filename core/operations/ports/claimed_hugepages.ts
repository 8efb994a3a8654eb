import type { PreparedClaim } from "../../claims/claim.ts";
import type { PodUid } from "../../values/ids.ts";
import type { PageSize } from "../../values/page_size.ts";
import type { HugetlbByNode } from "../../ports/container_memory.ts";

/** Pages that a container's mappings have reserved and not touched. */
export interface HugepageReservation {
  readonly pod: PodUid;
  readonly pageSize: PageSize;
  readonly bytes: bigint;
  /** The nodes that it may take them from; undefined where that is not known. */
  readonly nodes: readonly number[] | undefined;
}

/** What the checkpoint tells of prepared claims, and what their pods use of it. Looks, and changes nothing. */
export interface ClaimedHugepages {
  /** The claims that are prepared now. Throws {@link OperatorError}, also when one checkpoint is damaged. */
  prepared(): Promise<readonly PreparedClaim[]>;
  /** The hugepages of a size that a pod uses; undefined where the kernel does not tell. */
  used(pod: PodUid, pageSize: PageSize): Promise<HugetlbByNode | undefined>;
  /** What the containers of all pods have reserved, with claims or without. */
  reserved(): Promise<readonly HugepageReservation[]>;
}
