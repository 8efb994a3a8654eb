import type { ResourceClaim } from "../../../../core/claims/claim.ts";
import type { ClaimSource } from "../../../../core/ports/claim_source.ts";
import { countingErrors } from "./api_errors.ts";
import type { DriverMetrics } from "./table.ts";

/** Counts the claims that the API server could not be asked for. */
export class CountedClaimSource implements ClaimSource {
  readonly #inner: ClaimSource;
  readonly #metrics: DriverMetrics;

  constructor(inner: ClaimSource, metrics: DriverMetrics) {
    this.#inner = inner;
    this.#metrics = metrics;
  }

  claim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    return countingErrors(this.#metrics, "get_claim", this.#inner.claim(namespace, name));
  }
}
