import { equal } from "../values/equal.ts";
import type { PodUid } from "../values/ids.ts";
import type { PreparedClaim } from "./claim.ts";
import type { PreparedClaims } from "./prepared_claims.ts";
import type { ClaimEnvironment } from "./environment.ts";
import { type HeldShare, heldShares } from "./memory_terms.ts";
import { environmentsOf } from "./shares.ts";

/** A container as its pod's spec knows it; it stays the same when the container is restarted. */
export interface ContainerName {
  readonly pod: PodUid;
  readonly name: string;
}

/** What a container holds of each of its claims. */
export type Holdings = ReadonlyMap<PreparedClaim, readonly HeldShare[]>;

/** Why a container was not given its claims. The names stand in metrics, so they are few and fixed. */
export type BindProblem = "not-prepared" | "other-pod" | "other-container" | "contradicts-checkpoint";

/** What became of the wish to bind claims to a container. */
export type BindOutcome =
  | {
    readonly kind: "bound";
    readonly holdings: Holdings;
    /** The claims that no container owned before. */
    readonly newlyBound: readonly PreparedClaim[];
  }
  | { readonly kind: "refused"; readonly problem: BindProblem; readonly message: string };

/**
 * Which container owns each prepared claim. Strictly one claim, one container; a container may own several claims.
 *
 * The owner is the container that the pod's spec names, which stands in the checkpoint. Where that is not known, it is
 * the first container of the claim's pod that shows the claim, for as long as the claim is prepared.
 */
export class ClaimOwners {
  readonly #claims: Pick<PreparedClaims, "get">;
  readonly #names = new WeakMap<PreparedClaim, string>();

  constructor(claims: Pick<PreparedClaims, "get">) {
    this.#claims = claims;
  }

  /** The name of the container that owns a claim, as far as it is known. */
  owner(claim: PreparedClaim): string | undefined {
    return claim.container ?? this.#names.get(claim);
  }

  /**
   * Binds all the claims that a container shows in its environment, or none.
   *
   * Each must be prepared for the container's pod, be owned by no other container, and be shown exactly as it was
   * prepared. A claim that the container owns already is fine: containers are restarted.
   */
  bind(container: ContainerName, shown: readonly ClaimEnvironment[]): BindOutcome {
    const holdings = new Map<PreparedClaim, HeldShare[]>();
    for (const environment of shown) {
      const claim = this.#claims.get(environment.claim);
      if (claim === undefined) {
        return refused("not-prepared", `claim ${environment.claim} is not prepared on this node`);
      }
      const refusal = this.#refusal(container, claim, environment);
      if (refusal !== undefined) return refusal;
      holdings.set(claim, [...holdings.get(claim) ?? [], ...heldShares(claim.terms ?? [], environment)]);
    }
    const newlyBound = [...holdings.keys()].filter((claim) => this.owner(claim) === undefined);
    for (const claim of newlyBound) this.#names.set(claim, container.name);
    return { kind: "bound", holdings, newlyBound };
  }

  /** Takes claims back from the containers that they were bound to. */
  unbind(claims: readonly PreparedClaim[]): void {
    for (const claim of claims) this.#names.delete(claim);
  }

  #refusal(container: ContainerName, claim: PreparedClaim, shown: ClaimEnvironment): BindOutcome | undefined {
    const { reference: { namespace, name }, pod } = claim;
    if (pod.uid !== container.pod) {
      return refused(
        "other-pod",
        `claim ${namespace}/${name} is prepared for pod ${pod.name}, not for this one`,
      );
    }
    const owner = this.owner(claim);
    if (owner !== undefined && owner !== container.name) {
      return refused(
        "other-container",
        `claim ${namespace}/${name} is owned by container ${owner}, and a claim belongs to one container: ` +
          `give container ${container.name} a claim of its own`,
      );
    }
    const prepared = environmentsOf(claim).find(({ request }) => request === shown.request);
    if (prepared === undefined || !equal(prepared.shares, shown.shares)) {
      return refused(
        "contradicts-checkpoint",
        `the environment says something else of claim ${namespace}/${name} than was prepared: ` +
          `do not set DRAMEMORY_ variables in the pod`,
      );
    }
  }
}

function refused(problem: BindProblem, message: string): BindOutcome {
  return { kind: "refused", problem, message };
}
