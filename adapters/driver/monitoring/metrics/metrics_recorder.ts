import type { DriverEvent, Recorder } from "../../../../core/events/events.ts";
import type { DriverMetrics } from "./table.ts";

/** Counts what happens. */
export class MetricsRecorder implements Recorder {
  readonly #metrics: DriverMetrics;
  #wasConnected = false;

  constructor(metrics: DriverMetrics) {
    this.#metrics = metrics;
  }

  record(event: DriverEvent): void {
    const metrics = this.#metrics;
    switch (event.kind) {
      case "claim-refused":
        return metrics.refusedClaims.of({ reason: event.reason }).add();
      case "claims-recovered":
        return metrics.recoveredClaims.add(event.count);
      case "checkpoint-damaged":
        return metrics.damagedCheckpoints.add();
      case "checkpoint-restored":
        return metrics.restoredCheckpoints.add();
      case "orphan-collected":
      case "claim-superseded":
        return metrics.collectedOrphans.add();
      case "container-adjusted":
        return metrics.adjustedContainers.add();
      case "container-refused":
        return metrics.refusedContainers.of({ reason: event.reason }).add();
      case "pod-limits-left":
        return metrics.podLimitFailures.add();
      case "containers-synchronized":
        return metrics.correctedContainers.add(event.updated);
      case "slices-failed":
        return metrics.publishFailures.add();
      case "kubelet-registered":
        return metrics.kubeletRegistrations.add();
      case "kubelet-lost":
        return metrics.kubeletLosses.add();
      case "runtime-connected":
        if (this.#wasConnected) metrics.nriReconnects.add();
        this.#wasConnected = true;
        return;
      case "topology-unreadable":
        return metrics.unreadableTopology.add();
    }
  }
}
