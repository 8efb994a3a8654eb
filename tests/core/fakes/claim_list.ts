import type { PreparedClaim } from "../../../core/claims/claim.ts";
import type { ClaimStore } from "../../../core/claims/claim_store.ts";
import { UsedBytes } from "../../../core/claims/used_bytes.ts";
import type { ClaimUid } from "../../../core/values/ids.ts";

/** Prepared claims that are as a test says, and whose checkpoint nobody changes. */
export class ClaimList
  implements Pick<ClaimStore, "get" | "holds" | "size" | "claims" | "usedBytes" | "damaged" | "sync"> {
  readonly damaged = new Set<string>();
  readonly #claims = new Map<ClaimUid, PreparedClaim>();

  constructor(...claims: readonly PreparedClaim[]) {
    for (const claim of claims) this.add(claim);
  }

  add(claim: PreparedClaim): void {
    this.#claims.set(claim.reference.uid, claim);
  }

  remove(uid: ClaimUid): void {
    this.#claims.delete(uid);
  }

  get(uid: ClaimUid): PreparedClaim | undefined {
    return this.#claims.get(uid);
  }

  holds(claim: PreparedClaim): boolean {
    return this.get(claim.reference.uid) === claim;
  }

  get size(): number {
    return this.#claims.size;
  }

  claims(): IterableIterator<PreparedClaim> {
    return this.#claims.values();
  }

  usedBytes(device: string): bigint {
    return new UsedBytes(this.claims()).of(device);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }
}
