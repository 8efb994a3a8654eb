import type { ResourceClaim } from "../../../core/claims/claim.ts";
import type { ClaimSource } from "../../../core/ports/claim_source.ts";

/** The claims of a cluster, which answers after as long as `answering` takes, or fails. */
export class ClusterClaims implements ClaimSource {
  readonly claims = new Map<string, ResourceClaim>();
  readonly asked: string[] = [];
  answering: (name: string) => Promise<void> = () => Promise.resolve();

  constructor(...claims: readonly ResourceClaim[]) {
    for (const claim of claims) this.claims.set(claim.reference.name, claim);
  }

  async claim(_namespace: string, name: string): Promise<ResourceClaim | undefined> {
    this.asked.push(name);
    await this.answering(name);
    return this.claims.get(name);
  }
}
