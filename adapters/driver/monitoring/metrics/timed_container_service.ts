import type { ContainerId } from "../../../../core/values/ids.ts";
import type {
  Adjustment,
  AdjustmentOutcome,
  Container,
  ContainerService,
  ExistingContainer,
  Sandbox,
} from "../../../../core/ports/container_service.ts";
import type { nriOperations } from "./labels.ts";
import type { Histogram } from "./series.ts";
import type { DriverMetrics } from "./table.ts";

/** A question's two series. They are looked up once: the runtime asks for every container of the node. */
interface Timing {
  readonly ok: Histogram;
  readonly error: Histogram;
}

/**
 * Observes what the container runtime asks. A container that is answered at once is passed on at once, without a
 * promise, and costs two looks at the clock.
 */
export class TimedContainerService implements ContainerService {
  readonly #inner: ContainerService;
  readonly #create: Timing;
  readonly #update: Timing;
  readonly #synchronize: Timing;
  readonly #remove: Timing;
  readonly #now: () => number;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(inner: ContainerService, { nriSeconds }: DriverMetrics, now: () => number) {
    this.#inner = inner;
    const timing = (operation: typeof nriOperations[number]): Timing => ({
      ok: nriSeconds.of({ operation, result: "ok" }),
      error: nriSeconds.of({ operation, result: "error" }),
    });
    this.#create = timing("create_container");
    this.#update = timing("update_container");
    this.#synchronize = timing("synchronize");
    this.#remove = timing("remove_container");
    this.#now = now;
  }

  adjust(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome> {
    return this.#decided(this.#create, () => this.#inner.adjust(sandbox, container));
  }

  update(sandbox: Sandbox, container: Container): AdjustmentOutcome | Promise<AdjustmentOutcome> {
    return this.#decided(this.#update, () => this.#inner.update(sandbox, container));
  }

  unclaimed(question: "create" | "update"): AdjustmentOutcome {
    const start = this.#now(), outcome = this.#inner.unclaimed(question);
    this.#observe(question === "create" ? this.#create.ok : this.#update.ok, start);
    return outcome;
  }

  synchronize(containers: readonly ExistingContainer[]): Promise<ReadonlyMap<ContainerId, Adjustment>> {
    return this.#settled(this.#synchronize, this.#now(), this.#inner.synchronize(containers));
  }

  removed(sandbox: Sandbox, container: Pick<Container, "id" | "name">): Promise<void> {
    return this.#settled(this.#remove, this.#now(), this.#inner.removed(sandbox, container));
  }

  /** Passed on: there is nothing to wait for. */
  sandboxRemoved(sandbox: Sandbox): void {
    this.#inner.sandboxRemoved(sandbox);
  }

  #decided(
    timing: Timing,
    decide: () => AdjustmentOutcome | Promise<AdjustmentOutcome>,
  ): AdjustmentOutcome | Promise<AdjustmentOutcome> {
    const start = this.#now();
    try {
      const outcome = decide();
      if (outcome instanceof Promise) return this.#settled(timing, start, outcome, isFine);
      this.#observe(isFine(outcome) ? timing.ok : timing.error, start);
      return outcome;
    } catch (error) {
      this.#observe(timing.error, start);
      throw error;
    }
  }

  async #settled<T>(
    { ok, error }: Timing,
    start: number,
    answer: Promise<T>,
    isOk: (answer: T) => boolean = () => true,
  ): Promise<T> {
    let histogram = error;
    try {
      const value = await answer;
      if (isOk(value)) histogram = ok;
      return value;
    } finally {
      this.#observe(histogram, start);
    }
  }

  #observe(histogram: Histogram, start: number): void {
    histogram.observe((this.#now() - start) / 1000);
  }
}

function isFine({ kind }: AdjustmentOutcome): boolean {
  return kind !== "refused";
}
