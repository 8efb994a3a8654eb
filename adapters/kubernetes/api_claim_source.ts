import type { ResourceClaim } from "../../core/claims/claim.ts";
import type { ClaimSource } from "../../core/ports/claim_source.ts";
import { Backoff } from "../timing/backoff.ts";
import { clusterUnavailable, isNotFound } from "./api_error.ts";
import { readClaim } from "./claim_mapping.ts";
import { ResourceV1Api } from "./client_node.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { KubernetesConnection } from "./connection.ts";
import { apiConfiguration, via } from "./http_library.ts";
import { retry } from "./retry.ts";

export interface ClaimSourceOptions {
  /** How long to go on after transient failures: 20,000 by default, half of what the kubelet waits. */
  readonly budgetMilliseconds?: number;
  /** Makes the waits of one look-up: from 100 ms to 5 s by default. */
  readonly newBackoff?: () => Backoff;
  readonly clock?: Clock;
}

/** Reads ResourceClaims from the API server. */
export class ApiClaimSource implements ClaimSource {
  readonly #connection: KubernetesConnection;
  readonly #api: ResourceV1Api;
  readonly #budgetMilliseconds: number;
  readonly #newBackoff: () => Backoff;
  readonly #clock: Clock;

  constructor(connection: KubernetesConnection, options: ClaimSourceOptions = {}) {
    this.#connection = connection;
    this.#api = new ResourceV1Api(apiConfiguration(connection));
    this.#budgetMilliseconds = options.budgetMilliseconds ?? 20_000;
    this.#newBackoff = options.newBackoff ?? (() => new Backoff(100, 5_000, Math.random));
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Throws `ClusterUnavailableError` at once when the API server denies the request and after the budget when it
   * does not come up, and `InvalidIdError` for a claim whose uid cannot be used.
   */
  async claim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    const object = await this.#fetch(namespace, name);
    return object && readClaim(object);
  }

  async #fetch(namespace: string, name: string): Promise<object | undefined> {
    const options = {
      budgetMilliseconds: this.#budgetMilliseconds,
      backoff: this.#newBackoff(),
      clock: this.#clock,
    };
    try {
      return await retry(
        options,
        (signal) => this.#api.readNamespacedResourceClaim({ namespace, name }, via(this.#connection, signal)),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw clusterUnavailable(`read claim ${namespace}/${name}`, error);
    }
  }
}
