import type { ClaimStore } from "../../../../core/claims/claim_store.ts";
import type { Readiness } from "../../../../core/events/readiness.ts";
import type { DeviceInventory } from "../../../../core/devices/inventory.ts";
import { type DifferenceReason, differenceReasons } from "../../../../core/status/difference.ts";
import { DeviceBytes } from "./device_bytes.ts";
import { EventCounters } from "./event_counters.ts";
import { apiOperations, apiProblems, draOperations, nriOperations, results, sliceWrites } from "./labels.ts";
import { MetricRegistry } from "./registry.ts";

/** What the gauges are read from. */
export interface MetricSources {
  /** Asked whenever the gauges are read: what the store tells is counted here as well. */
  readonly store: () => Pick<ClaimStore, "size" | "usedBytes">;
  readonly inventory: DeviceInventory;
  readonly readiness: Readiness;
  /** How many containers differ from what they were promised, by reason; empty where that is not looked at. */
  readonly differing: () => ReadonlyMap<DifferenceReason, number>;
  readonly build: BuildInfo;
}

/** What runs here. */
export interface BuildInfo {
  readonly version: string;
  readonly deno: string;
  readonly arch: string;
}

/** The kubelet gives a call 45 seconds. */
const draSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 45];
/** Most containers have no claim and take microseconds; a runtime gives a request two seconds. */
const nriSeconds = [0.00001, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 2];

/** Every metric of the driver. */
export type DriverMetrics = ReturnType<typeof driverMetrics>;

/**
 * The table of every metric that is no counter of events: name, type, help, and the labels with their values.
 * Counters and histograms take no other values than these, and gauges those that the machine has, so that no number
 * of pods or claims makes more series. Every series names the node, so that no scraper has to.
 */
export function driverMetrics(
  { store, inventory, readiness, differing, build }: MetricSources,
) {
  const registry = new MetricRegistry({ node: inventory.nodeName });
  const devices = new DeviceBytes(store, inventory);

  registry.gauges({
    name: "dramemory_ready",
    help: "Whether a part of the driver's job is being done: 1, or 0 when it is not ready.",
    labels: ["part"],
    read: () => [...readiness.states].map(([part, { ready }]) => [{ part }, Number(ready)]),
  });
  registry.gauges({
    name: "dramemory_containers_differ",
    help: "Containers with claims that had something else than was promised when they were last looked at.",
    labels: ["reason"],
    read: () => differenceReasons.map((reason) => [{ reason }, differing().get(reason) ?? 0]),
  });
  registry.gauge({
    name: "dramemory_prepared_claims",
    help: "Claims that are prepared now.",
    read: () => store().size,
  });
  registry.gauges({
    name: "dramemory_prepared_bytes",
    help: "What prepared claims hold, by resource and NUMA node.",
    labels: ["resource", "numa_node"],
    read: () => devices.prepared(),
  });
  registry.gauges({
    name: "dramemory_capacity_bytes",
    help: "What claims can hold in all, by resource and NUMA node.",
    labels: ["resource", "numa_node"],
    read: () => devices.capacity(),
  });
  registry.gauges({
    name: "dramemory_build_info",
    help: "What runs here; always 1.",
    labels: ["version", "deno", "arch"],
    read: () => [[{ ...build }, 1]],
  });

  return {
    /** Everything in Prometheus's text format. */
    render: () => registry.render(),

    /** Counts events. */
    events: new EventCounters(registry),
    draSeconds: registry.histograms({
      name: "dramemory_dra_request_duration_seconds",
      help: "Calls of the kubelet and how long they took; an error if one claim of the call failed.",
      labels: { operation: draOperations, result: results },
      bounds: draSeconds,
    }),
    draClaims: registry.counters({
      name: "dramemory_dra_claims_total",
      help: "Claims that the kubelet's calls were for, by what became of each.",
      labels: { operation: draOperations, result: results },
    }),
    nriSeconds: registry.histograms({
      name: "dramemory_nri_request_duration_seconds",
      help: "What the container runtime asked and how long the answer took; a refusal is an error.",
      labels: { operation: nriOperations, result: results },
      bounds: nriSeconds,
    }),
    sliceWrites: registry.counters({
      name: "dramemory_slice_writes_total",
      help: "ResourceSlices that were written.",
      labels: { kind: sliceWrites },
    }),
    apiErrors: registry.counters({
      name: "dramemory_api_errors_total",
      help: "Requests to the API server that failed, after all retries.",
      labels: { operation: apiOperations, problem: apiProblems },
    }),
  };
}
