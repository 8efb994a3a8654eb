import { Backoff } from "../../shared/async/backoff.ts";
import { clusterUnavailable, isNotFound } from "./api_error.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { KubernetesConnection } from "./connection.ts";
import { retry } from "./retry.ts";

export interface ObjectReaderOptions {
  /** How long to go on after transient failures: 20,000 by default, less than half of what the kubelet waits. */
  readonly budgetMilliseconds?: number;
  /** Makes the waits of one look-up: from 100 ms to 5 s by default. */
  readonly newBackoff?: () => Backoff;
  readonly clock?: Clock;
}

/** Reads single objects from the API server, with patience. */
export class ObjectReader {
  readonly #connection: KubernetesConnection;
  readonly #budgetMilliseconds: number;
  readonly #newBackoff: () => Backoff;
  readonly #clock: Clock;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions) {
    this.#connection = connection;
    this.#budgetMilliseconds = options.budgetMilliseconds ?? 20_000;
    this.#newBackoff = options.newBackoff ?? (() => new Backoff(100, 5_000, Math.random));
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Resolves to the object at a path, undefined when there is none. `what` is for messages. Throws `ClusterUnavailableError` at once when the API server denies the request, and after
   * the budget when it does not come up.
   */
  async read(what: string, path: string): Promise<unknown> {
    const options = {
      budgetMilliseconds: this.#budgetMilliseconds,
      backoff: this.#newBackoff(),
      clock: this.#clock,
    };
    try {
      return await retry(
        options,
        (leftMilliseconds) => this.#connection.exchange({ method: "GET", path, leftMilliseconds }),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw clusterUnavailable(`read ${what}`, error);
    }
  }
}
