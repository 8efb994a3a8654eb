import { AllocationError } from "../claims/allocation.ts";
import { IneligibleClaimError } from "../claims/eligibility.ts";
import { HugepagesTakenError } from "../claims/free_hugepages.ts";
import { KeyedMutex } from "../claims/keyed_mutex.ts";
import type { Events } from "../events/events.ts";
import type { RefusalReason } from "../events/refusal_reason.ts";
import { ClaimCheckpointError } from "../ports/claim_checkpoint.ts";
import { ClusterUnavailableError } from "../ports/claim_source.ts";
import {
  type PrepareOutcome,
  type RequestedClaim,
  TooManyClaimsError,
  type UnprepareOutcome,
} from "../ports/dra_service.ts";
import { TopologyError } from "../ports/topology_source.ts";
import { type ClaimUid, claimUid } from "../values/ids.ts";
import { ParseError } from "../values/parse_error.ts";

/**
 * How many claims may be under way, of all calls together: several for each pod that a node can have, and few enough
 * that a flood of calls does not take the memory that the driver may have. Calls beyond fail at once.
 */
const maxClaims = 4_096;

/**
 * The calls for claims that are under way: those for one claim run one after the other, for different claims side by side.
 */
export class ClaimCalls {
  readonly #events: Events;
  readonly #mutex = new KeyedMutex();
  #underWay = 0;

  /** The events are told of each claim that is refused. */
  constructor(events: Events) {
    this.#events = events;
  }

  /**
   * Runs a step for every claim of a call, and makes expected errors the claim's outcome. Throws `TooManyClaimsError`, and
   * whatever nobody foresaw.
   */
  async each<Outcome extends PrepareOutcome | UnprepareOutcome>(
    claims: readonly RequestedClaim[],
    step: (requested: RequestedClaim, uid: ClaimUid) => Promise<Outcome>,
  ): Promise<Map<string, Outcome | { kind: "failed"; message: string }>> {
    const [first] = claims;
    if (first !== undefined && this.#underWay + claims.length > maxClaims) {
      const message =
        `Cannot take more claims now: ${this.#underWay} are under way, ${maxClaims} at most; the kubelet tries again`;
      this.#events.emit({ kind: "claim-refused", reason: "too-many-claims", claim: first, message });
      throw new TooManyClaimsError(message);
    }
    this.#underWay += claims.length;
    try {
      const outcomes = claims.map(async (requested) => {
        const outcome = await this.#mutex.run(requested.uid, () => step(requested, claimUid(requested.uid)))
          .catch((error: unknown) => this.#failed(requested, error));
        return [requested.uid, outcome] as const;
      });
      return new Map(await Promise.all(outcomes));
    } finally {
      this.#underWay -= claims.length;
    }
  }

  #failed(claim: RequestedClaim, error: unknown): { kind: "failed"; message: string } {
    const reason = reasonOf(error);
    if (reason === undefined || !(error instanceof Error)) throw error;
    this.#events.emit({ kind: "claim-refused", reason, claim, message: error.message });
    return { kind: "failed", message: error.message };
  }
}

function reasonOf(error: unknown): RefusalReason | undefined {
  if (error instanceof IneligibleClaimError) return error.problem;
  if (error instanceof AllocationError) return error.problem;
  if (error instanceof ClusterUnavailableError) return "cluster-unavailable";
  if (error instanceof ClaimCheckpointError) return "checkpoint-failed";
  if (error instanceof HugepagesTakenError) return "hugepages-taken";
  if (error instanceof TopologyError) return "topology-unreadable";
  // Of what is asked for, the uid alone is parsed here.
  if (error instanceof ParseError) return "invalid-uid";
}
