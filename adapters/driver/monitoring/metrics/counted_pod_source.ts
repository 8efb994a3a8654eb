import type { PodUsage } from "../../../../core/claims/pod_usage.ts";
import type { PodSource } from "../../../../core/ports/pod_source.ts";
import { countingErrors } from "./api_errors.ts";
import type { DriverMetrics } from "./table.ts";

/** Counts the pods that the API server could not be asked for. */
export class CountedPodSource implements PodSource {
  readonly #inner: PodSource;
  readonly #metrics: DriverMetrics;

  constructor(inner: PodSource, metrics: DriverMetrics) {
    this.#inner = inner;
    this.#metrics = metrics;
  }

  pod(namespace: string, name: string): Promise<PodUsage | undefined> {
    return countingErrors(this.#metrics, "get_pod", this.#inner.pod(namespace, name));
  }
}
