import { equal } from "../values/equal.ts";
import type { ClaimUid, ContainerId, PodUid } from "../values/ids.ts";
import type { PreparedClaim } from "./claim.ts";
import type { ClaimEnvironment, Share } from "./environment.ts";
import { environmentsOf } from "./shares.ts";

/**
 * A container: its pod and its name in the pod's spec, which stay the same when it is restarted, and the runtime's
 * id, which does not.
 */
export interface ContainerIdentity {
  readonly pod: PodUid;
  readonly name: string;
  readonly id: ContainerId;
}

/** Why a container was not given its claims. The names stand in metrics, so they are few and fixed. */
export type BindProblem = "not-prepared" | "other-pod" | "other-container" | "contradicts-record";

/** What became of the wish to bind claims to a container. */
export type BindOutcome =
  | {
    readonly kind: "bound";
    readonly shares: readonly Share[];
    /** Whether this container, as opposed to a former one of its name, was not known yet. */
    readonly isNew: boolean;
    /** The claims that no container of the name had held before. */
    readonly newlyBound: readonly ClaimUid[];
  }
  | { readonly kind: "refused"; readonly problem: BindProblem; readonly message: string };

/** What a container holds of a claim. */
export interface Holding {
  readonly pod: PodUid;
  readonly container: string;
  readonly shares: readonly Share[];
  /** The containers of that name which exist: none after a removal, two for a while in a restart. */
  readonly ids: ReadonlySet<ContainerId>;
}

interface OwnHolding extends Holding {
  readonly ids: Set<ContainerId>;
}

/**
 * Who holds what on this node.
 *
 * A claim enters when it is prepared, for one pod; it is bound to the first container of that pod that shows
 * it, and to no other container until it leaves when it is unprepared. Strictly one claim, one container; a
 * container may hold several claims. Every operation changes all it was asked to change, or nothing, and costs
 * the same however many claims are prepared.
 */
export class ClaimLedger {
  readonly #claims = new Map<ClaimUid, PreparedClaim>();
  readonly #holdings = new Map<ClaimUid, OwnHolding>();
  readonly #heldByPod = new Map<PodUid, Set<ClaimUid>>();
  readonly #usedBytes = new Map<string, bigint>();

  get(uid: ClaimUid): PreparedClaim | undefined {
    return this.#claims.get(uid);
  }

  /** How many claims are prepared. */
  get size(): number {
    return this.#claims.size;
  }

  /** Every prepared claim. */
  claims(): IterableIterator<PreparedClaim> {
    return this.#claims.values();
  }

  /** The name of the container that holds a claim, as far as one has shown itself. */
  holder(uid: ClaimUid): string | undefined {
    return this.#holdings.get(uid)?.container;
  }

  /** What the container that a claim is bound to holds of it. */
  holding(uid: ClaimUid): Holding | undefined {
    return this.#holdings.get(uid);
  }

  /** What all prepared claims hold of a device, in bytes. */
  usedBytes(device: string): bigint {
    return this.#usedBytes.get(device) ?? 0n;
  }

  /** Everything that the existing containers of a pod hold. */
  heldIn(pod: PodUid): Share[] {
    return this.#holdingsOf(pod).flatMap(({ ids, shares }) => ids.size > 0 ? shares : []);
  }

  /** Whether containers of a pod hold any claim, gone ones included. */
  holdsAny(pod: PodUid): boolean {
    return this.#heldByPod.has(pod);
  }

  /** Whether a container that exists holds the claim. */
  isInUse(uid: ClaimUid): boolean {
    return (this.#holdings.get(uid)?.ids.size ?? 0) > 0;
  }

  /** Enters a prepared claim. One of the same uid is replaced, and free of its container. */
  add(claim: PreparedClaim): void {
    this.remove(claim.reference.uid);
    this.#claims.set(claim.reference.uid, claim);
    for (const { device, bytes } of claim.allocations) {
      this.#usedBytes.set(device, this.usedBytes(device) + bytes);
    }
  }

  /** Takes a claim out, and with it the binding to its container. An unknown claim is no error. */
  remove(uid: ClaimUid): void {
    for (const { device, bytes } of this.#claims.get(uid)?.allocations ?? []) {
      const left = this.usedBytes(device) - bytes;
      if (left === 0n) this.#usedBytes.delete(device);
      else this.#usedBytes.set(device, left);
    }
    this.unbind([uid]);
    this.#claims.delete(uid);
  }

  /**
   * Binds all the claims that a container shows in its environment, or none.
   *
   * Each must be prepared for the container's pod, be held by no other container, and be shown exactly as it
   * was recorded. A claim that the container holds already is fine: containers are restarted.
   */
  bind(container: ContainerIdentity, shown: readonly ClaimEnvironment[]): BindOutcome {
    for (const environment of shown) {
      const refusal = this.#refusal(container, environment);
      if (refusal !== undefined) return refusal;
    }
    const { pod, name, id } = container;
    const newlyBound: ClaimUid[] = [];
    let isNew = false;
    for (const [uid, environments] of Map.groupBy(shown, ({ claim }) => claim)) {
      const former = this.#holdings.get(uid);
      if (former === undefined) newlyBound.push(uid);
      const ids = former?.ids ?? new Set();
      isNew ||= !ids.has(id);
      const shares = environments.flatMap(({ shares }) => shares);
      this.#holdings.set(uid, { pod, container: name, shares, ids: ids.add(id) });
      this.#heldByPod.set(pod, (this.#heldByPod.get(pod) ?? new Set()).add(uid));
    }
    return { kind: "bound", shares: shown.flatMap(({ shares }) => shares), isNew, newlyBound };
  }

  /** A container of a pod is gone. Its claims stay with its name: it may be started again. */
  containerRemoved(pod: PodUid, id: ContainerId): void {
    for (const { ids } of this.#holdingsOf(pod)) ids.delete(id);
  }

  /** Every container but the given ones is gone. */
  containersExist(existing: ReadonlySet<ContainerId>): void {
    for (const { ids } of this.#holdings.values()) {
      for (const id of ids) if (!existing.has(id)) ids.delete(id);
    }
  }

  /** Takes claims back from their containers. */
  unbind(uids: readonly ClaimUid[]): void {
    for (const uid of uids) {
      const pod = this.#holdings.get(uid)?.pod;
      this.#holdings.delete(uid);
      if (pod === undefined) continue;
      const held = this.#heldByPod.get(pod);
      held?.delete(uid);
      if (held?.size === 0) this.#heldByPod.delete(pod);
    }
  }

  #holdingsOf(pod: PodUid): OwnHolding[] {
    return [...this.#heldByPod.get(pod) ?? []].flatMap((uid) => this.#holdings.get(uid) ?? []);
  }

  #refusal(container: ContainerIdentity, shown: ClaimEnvironment): BindOutcome | undefined {
    const claim = this.#claims.get(shown.claim);
    if (claim === undefined) {
      return refused("not-prepared", `claim ${shown.claim} is not prepared on this node`);
    }
    const { reference: { namespace, name }, pod } = claim;
    if (pod.uid !== container.pod) {
      return refused(
        "other-pod",
        `claim ${namespace}/${name} is prepared for pod ${pod.name}, not for this one`,
      );
    }
    const holder = this.holder(shown.claim);
    if (holder !== undefined && holder !== container.name) {
      return refused(
        "other-container",
        `claim ${namespace}/${name} is held by container ${holder}, and a claim belongs to one container: ` +
          `give container ${container.name} a claim of its own`,
      );
    }
    const recorded = environmentsOf(claim).find(({ request }) => request === shown.request);
    if (recorded === undefined || !equal(recorded.shares, shown.shares)) {
      return refused(
        "contradicts-record",
        `the environment says something else of claim ${namespace}/${name} than was prepared: ` +
          `do not set DRAMEMORY_ variables in the pod`,
      );
    }
  }
}

function refused(problem: BindProblem, message: string): BindOutcome {
  return { kind: "refused", problem, message };
}
