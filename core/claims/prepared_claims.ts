import type { ClaimUid } from "../values/ids.ts";
import type { PreparedClaim } from "./claim.ts";

/**
 * The claims that are prepared on a node. As long as a claim stays prepared it is the same object, and a claim that is
 * prepared anew is another one: what is known of a claim elsewhere hangs on the object, and goes with it.
 */
export interface PreparedClaims {
  get(uid: ClaimUid): PreparedClaim | undefined;
  /** Whether this very claim, not one that was prepared anew under its uid, is prepared. */
  holds(claim: PreparedClaim): boolean;
}
