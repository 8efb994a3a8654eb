import type {
  DraService,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../../../../core/ports/dra_service.ts";
import type { draOperations, results } from "./labels.ts";
import type { DriverMetrics } from "./table.ts";

type Operation = typeof draOperations[number];
type Result = typeof results[number];

/**
 * Observes the kubelet's calls.
 *
 * Time is told by call: the kubelet asks for all claims of a pod at once and the pod waits for the last of them,
 * while the claims run side by side and have no time of their own that anyone waits for. One failed claim fails
 * the kubelet's attempt as a whole, so it makes the call an error. What became of each claim is counted apart.
 */
export class TimedDraService implements DraService {
  readonly #inner: DraService;
  readonly #metrics: DriverMetrics;
  readonly #now: () => number;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(inner: DraService, metrics: DriverMetrics, now: () => number) {
    this.#inner = inner;
    this.#metrics = metrics;
    this.#now = now;
  }

  prepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, PrepareOutcome>> {
    return this.#timed("prepare", claims, () => this.#inner.prepare(claims));
  }

  unprepare(claims: readonly RequestedClaim[]): Promise<ReadonlyMap<string, UnprepareOutcome>> {
    return this.#timed("unprepare", claims, () => this.#inner.unprepare(claims));
  }

  async #timed<Outcome extends PrepareOutcome | UnprepareOutcome>(
    operation: Operation,
    claims: readonly RequestedClaim[],
    call: () => Promise<ReadonlyMap<string, Outcome>>,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const start = this.#now();
    let failed = claims.length;
    let result: Result = "error";
    try {
      const outcomes = await call();
      failed = [...outcomes.values()].filter(({ kind }) => kind === "failed").length;
      if (failed === 0) result = "ok";
      this.#metrics.draClaims.of({ operation, result: "ok" }).add(outcomes.size - failed);
      return outcomes;
    } finally {
      this.#metrics.draClaims.of({ operation, result: "error" }).add(failed);
      this.#metrics.draSeconds.of({ operation, result }).observe((this.#now() - start) / 1000);
    }
  }
}
