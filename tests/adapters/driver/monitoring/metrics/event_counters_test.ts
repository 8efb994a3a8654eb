import assert from "node:assert/strict";
import fc from "fast-check";
import { refusalReasons } from "../../../../../core/events/refusal_reason.ts";
import type { DriverEvent } from "../../../../../core/events/events.ts";
import { podOf, preparedClaim, referenceOf } from "../../../../core/samples.ts";
import { driverEvent } from "./events.ts";
import { newMetrics } from "./metrics.ts";
import { nonZero, parseExposition, seriesOf, valueOf } from "./_parse.ts";

const message = "for a reason";
const container = { pod: podOf(1), container: "main", claims: [] };

const counted: [DriverEvent, series: string, by: number][] = [
  [
    { kind: "claim-refused", reason: "claim-gone", claim: referenceOf(1), message },
    'dramemory_refused_claims_total{reason="claim-gone"}',
    1,
  ],
  [
    { kind: "container-refused", ...container, reason: "other-pod", message },
    'dramemory_refused_containers_total{reason="other-pod"}',
    1,
  ],
  [{ kind: "claims-recovered", count: 7 }, "dramemory_recovered_claims_total", 7],
  [{ kind: "checkpoint-damaged", message }, "dramemory_damaged_checkpoints_total", 1],
  [{ kind: "orphan-collected", claim: preparedClaim(1, []) }, "dramemory_collected_orphans_total", 1],
  [{ kind: "container-adjusted", ...container, mems: "0" }, "dramemory_adjusted_containers_total", 1],
  [{ kind: "pod-limits-left", pod: podOf(1), message }, "dramemory_pod_limit_failures_total", 1],
  [{ kind: "containers-synchronized", seen: 9, updated: 2 }, "dramemory_corrected_containers_total", 2],
  [{ kind: "slices-failed", message }, "dramemory_publish_failures_total", 1],
  [{ kind: "slice-watch-failed", message }, "dramemory_watch_failures_total", 1],
  [{ kind: "kubelet-registered" }, "dramemory_kubelet_registrations_total", 1],
  [{ kind: "kubelet-lost", message }, "dramemory_kubelet_losses_total", 1],
  [
    { kind: "topology-unreadable", part: { path: "/sys", reason: "EIO" } },
    "dramemory_unreadable_topology_total",
    1,
  ],
];

for (const [event, series, by] of counted) {
  Deno.test(`${event.kind} counts in ${series} and nowhere else`, () => {
    const { metrics } = newMetrics();
    const before = nonZero(metrics.render());
    metrics.events.emit(event);
    assert.deepEqual(nonZero(metrics.render()), { ...before, [series]: by });
  });
}

Deno.test("the first connection to the runtime is no reconnect, each further one is", () => {
  const { metrics } = newMetrics();
  const reconnects = () => valueOf(metrics.render(), "dramemory_nri_reconnects_total");
  metrics.events.emit({ kind: "runtime-connected", runtime: "containerd", again: false });
  assert.equal(reconnects(), 0);
  metrics.events.emit({ kind: "runtime-connected", runtime: "containerd", again: true });
  assert.equal(reconnects(), 1);
});

Deno.test("every reason of a refusal has its own series", () => {
  const { metrics } = newMetrics();
  const { events } = metrics;
  for (const reason of refusalReasons) {
    events.emit({ kind: "claim-refused", reason, claim: referenceOf(1), message });
  }
  for (const reason of refusalReasons) {
    assert.equal(valueOf(metrics.render(), `dramemory_refused_claims_total{reason="${reason}"}`), 1);
  }
});

Deno.test("no event, whichever pod, claim or message it names, makes a new series", () => {
  const { store, metrics } = newMetrics();
  const { events } = metrics;
  const series = seriesOf(metrics.render());
  fc.assert(fc.property(fc.array(driverEvent), (happened) => {
    for (const event of happened) {
      events.emit(event);
      if (event.kind === "claim-prepared") store.add(event.claim);
    }
    const text = metrics.render();
    assert.deepEqual(seriesOf(text), series);
    parseExposition(text);
  }));
});
