import { equal } from "../equal.ts";
import type { ClaimUid, PodUid } from "../ids.ts";
import type { PreparedClaim } from "./claim.ts";
import type { ClaimEnvironment, Share } from "./environment.ts";
import { environmentsOf } from "./shares.ts";

/** A container by what stays the same when it is restarted: its pod and its name in the pod's spec. */
export interface ContainerIdentity {
  readonly pod: PodUid;
  readonly name: string;
}

/** Why a container was not given its claims. The names stand in metrics, so they are few and fixed. */
export type BindProblem = "not-prepared" | "other-pod" | "other-container" | "contradicts-record";

/** What became of the wish to bind claims to a container. */
export type BindOutcome =
  | { readonly kind: "bound"; readonly shares: readonly Share[]; readonly newlyBound: readonly ClaimUid[] }
  | { readonly kind: "refused"; readonly problem: BindProblem; readonly message: string };

interface Holding {
  readonly container: ContainerIdentity;
  readonly shares: readonly Share[];
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
  readonly #holdings = new Map<ClaimUid, Holding>();
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

  /** The container that holds a claim, as far as one has shown itself. */
  holder(uid: ClaimUid): ContainerIdentity | undefined {
    return this.#holdings.get(uid)?.container;
  }

  /** What all prepared claims hold of a device, in bytes. */
  usedBytes(device: string): bigint {
    return this.#usedBytes.get(device) ?? 0n;
  }

  /** Everything that the containers of a pod hold. */
  heldIn(pod: PodUid): Share[] {
    return [...this.#heldByPod.get(pod) ?? []].flatMap((uid) => this.#holdings.get(uid)?.shares ?? []);
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
    const newlyBound: ClaimUid[] = [];
    for (const [uid, environments] of Map.groupBy(shown, ({ claim }) => claim)) {
      if (!this.#holdings.has(uid)) newlyBound.push(uid);
      this.#holdings.set(uid, { container, shares: environments.flatMap(({ shares }) => shares) });
      const held = this.#heldByPod.get(container.pod) ?? new Set();
      this.#heldByPod.set(container.pod, held.add(uid));
    }
    return { kind: "bound", shares: shown.flatMap(({ shares }) => shares), newlyBound };
  }

  /** Takes claims back from their containers. */
  unbind(uids: readonly ClaimUid[]): void {
    for (const uid of uids) {
      const pod = this.#holdings.get(uid)?.container.pod;
      this.#holdings.delete(uid);
      if (pod === undefined) continue;
      const held = this.#heldByPod.get(pod);
      held?.delete(uid);
      if (held?.size === 0) this.#heldByPod.delete(pod);
    }
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
    if (holder !== undefined && holder.name !== container.name) {
      return refused(
        "other-container",
        `claim ${namespace}/${name} is held by container ${holder.name}, and a claim belongs to one container: ` +
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
