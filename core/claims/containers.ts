import type { Adjustment, Sandbox } from "../ports/container_service.ts";
import { isInPodLimit } from "./claim.ts";
import type { ClaimUid, ContainerId, PodUid } from "../values/ids.ts";
import type { PageSize } from "../values/page_size.ts";
import type { Holdings } from "./claim_owners.ts";
import type { PreparedClaims } from "./prepared_claims.ts";
import type { Share } from "./environment.ts";
import { hugetlbBytes } from "./shares.ts";

/** A container that exists and holds claims. */
export interface ClaimedContainer {
  readonly id: ContainerId;
  /** Its name in the pod's spec. */
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly holdings: Holdings;
  /** What the runtime was told to give it. */
  readonly adjustment: Adjustment;
  /**
   * Whether its hugetlb limits are the driver's to write, again and again, since it started without the driver, or may
   * have. The runtime can be told to pin such a container, but not to limit its hugepages: `runc update` writes again
   * what the container was created with, whatever it is told, and at each further update (seen with 1.5.2).
   */
  readonly limitsPending: boolean;
}

/** The containers that exist and hold claims, by the runtime's id. What they hold counts while the claim is prepared. */
export class Containers {
  readonly #claims: Pick<PreparedClaims, "holds">;
  readonly #containers = new Map<ContainerId, ClaimedContainer>();
  #isComplete = false;
  readonly #byPod = new Map<PodUid, Set<ClaimedContainer>>();

  constructor(claims: Pick<PreparedClaims, "holds">) {
    this.#claims = claims;
  }

  /** Whether all containers that exist are known, as they are once the runtime has listed them. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get(id: ContainerId): ClaimedContainer | undefined {
    return this.#containers.get(id);
  }

  all(): Iterable<ClaimedContainer> {
    return this.#containers.values();
  }

  /** Adds a container, or replaces what was known of it. */
  add(container: ClaimedContainer): void {
    this.remove(container.id);
    this.#containers.set(container.id, container);
    const { uid } = container.sandbox.reference;
    this.#byPod.set(uid, (this.#byPod.get(uid) ?? new Set()).add(container));
  }

  /** A container is gone; resolves to what it was, or undefined where it held no claims. */
  remove(id: ContainerId): ClaimedContainer | undefined {
    const container = this.#containers.get(id);
    if (container === undefined) return undefined;
    this.#containers.delete(id);
    const { uid } = container.sandbox.reference, others = this.#byPod.get(uid);
    others?.delete(container);
    if (others?.size === 0) this.#byPod.delete(uid);
    return container;
  }

  /** Every container but the given ones is gone. */
  keepOnly(existing: ReadonlySet<ContainerId>): void {
    this.#isComplete = true;
    for (const id of this.#containers.keys()) if (!existing.has(id)) this.remove(id);
  }

  /**
   * What the containers of a pod hold and its limits have to be raised for, each claim once: in a restart two containers
   * of one name exist for a while.
   */
  heldIn(pod: PodUid): Share[] {
    return uncountedShares(this.#holdingsIn(pod));
  }

  /** The page sizes of which the containers of a pod hold something that the kubelet has added to its limits by itself. */
  countedIn(pod: PodUid): Iterable<PageSize> {
    const counted = [...this.#holdingsIn(pod)].flatMap(([claim, shares]) =>
      shares.filter(({ resource }) => isInPodLimit(claim, resource))
    );
    return hugetlbBytes(counted).keys();
  }

  /** Whether a container of a pod holds a claim. */
  holdsIn(pod: PodUid): boolean {
    return this.#holdingsIn(pod).size > 0;
  }

  #holdingsIn(pod: PodUid): Holdings {
    const held = [...this.#byPod.get(pod) ?? []].flatMap(({ holdings }) => [...holdings]);
    return new Map(held.filter(([claim]) => this.#claims.holds(claim)));
  }

  /** Whether a container of a pod holds the claim of a uid. */
  isInUse(pod: PodUid, uid: ClaimUid): boolean {
    return [...this.#byPod.get(pod) ?? []].some(({ holdings }) =>
      [...holdings.keys()].some((claim) => claim.reference.uid === uid)
    );
  }
}

/** What of holdings the kubelet has not added to the pod's limits by itself. */
export function uncountedShares(holdings: Holdings): Share[] {
  return [...holdings].flatMap(([claim, shares]) =>
    shares.filter(({ resource }) => !isInPodLimit(claim, resource))
  );
}
