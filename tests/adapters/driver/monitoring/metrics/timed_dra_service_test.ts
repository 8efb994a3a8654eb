import assert from "node:assert/strict";
import { TimedDraService } from "../../../../../adapters/driver/monitoring/metrics/timed_dra_service.ts";
import type {
  DraService,
  PrepareOutcome,
  RequestedClaim,
  UnprepareOutcome,
} from "../../../../../core/ports/dra_service.ts";
import { ManualClock, newMetrics } from "./metrics.ts";
import { valueOf } from "./_parse.ts";

Deno.test("a call is observed with its time, and each of its claims is counted", async () => {
  const { service, value } = timed(["ok", "ok"], 250);
  const outcomes = await service.prepare(claims(2));
  assert.equal(outcomes.size, 2);
  assert.equal(value('dra_request_duration_seconds_count{operation="prepare",result="ok"}'), 1);
  assert.equal(value('dra_request_duration_seconds_sum{operation="prepare",result="ok"}'), 0.25);
  assert.equal(value('dra_request_duration_seconds_bucket{operation="prepare",result="ok",le="0.1"}'), 0);
  assert.equal(value('dra_request_duration_seconds_bucket{operation="prepare",result="ok",le="0.25"}'), 1);
  assert.equal(value('dra_claims_total{operation="prepare",result="ok"}'), 2);
});

Deno.test("one failed claim makes the call an error, the others are counted as what they are", async () => {
  const { service, value } = timed(["ok", "failed", "ok"], 1);
  await service.unprepare(claims(3));
  assert.equal(value('dra_request_duration_seconds_count{operation="unprepare",result="error"}'), 1);
  assert.equal(value('dra_request_duration_seconds_count{operation="unprepare",result="ok"}'), 0);
  assert.equal(value('dra_claims_total{operation="unprepare",result="ok"}'), 2);
  assert.equal(value('dra_claims_total{operation="unprepare",result="error"}'), 1);
});

Deno.test("a call that throws is an error for all of its claims, and throws on", async () => {
  const { service, value } = timed("throws", 1);
  await assert.rejects(service.prepare(claims(2)), /broken/);
  assert.equal(value('dra_request_duration_seconds_count{operation="prepare",result="error"}'), 1);
  assert.equal(value('dra_claims_total{operation="prepare",result="ok"}'), 0);
  assert.equal(value('dra_claims_total{operation="prepare",result="error"}'), 2);
});

/** A timed service whose calls take so long and end so. */
function timed(ends: readonly ("ok" | "failed")[] | "throws", milliseconds: number) {
  const { metrics } = newMetrics();
  const clock = new ManualClock();
  const answer = <Fine extends PrepareOutcome | UnprepareOutcome>(fine: Fine) => {
    clock.milliseconds += milliseconds;
    if (ends === "throws") return Promise.reject(new Error("broken"));
    const failed = { kind: "failed", message: "no" } as const;
    return Promise.resolve(new Map(ends.map((end, index) => [`${index}`, end === "ok" ? fine : failed])));
  };
  const inner: DraService = {
    prepare: () => answer<PrepareOutcome>({ kind: "prepared", devices: [] }),
    unprepare: () => answer<UnprepareOutcome>({ kind: "unprepared" }),
  };
  return {
    service: new TimedDraService(inner, metrics, clock.now),
    value: (series: string) => valueOf(metrics.render(), `dramemory_${series}`),
  };
}

function claims(count: number): RequestedClaim[] {
  return Array.from(
    { length: count },
    (_, index) => ({ namespace: "default", name: `claim-${index}`, uid: `${index}` }),
  );
}
