import assert from "node:assert/strict";
import { Family, type LabelValues } from "../../../../../adapters/driver/monitoring/metrics/family.ts";
import { Counter } from "../../../../../adapters/driver/monitoring/metrics/series.ts";

const labels = { kind: ["a", "b"], result: ["ok", "error"] } as const;

Deno.test("every combination of label values is there from the beginning, at zero", () => {
  assert.deepEqual(new Family(labels, () => new Counter()).samples(), [
    { labels: 'kind="a",result="ok"', value: 0 },
    { labels: 'kind="a",result="error"', value: 0 },
    { labels: 'kind="b",result="ok"', value: 0 },
    { labels: 'kind="b",result="error"', value: 0 },
  ]);
});

Deno.test("a combination names one series, in whichever order its labels are written", () => {
  const family = new Family(labels, () => new Counter());
  assert.equal(family.of({ kind: "b", result: "ok" }), family.of({ result: "ok", kind: "b" }));
  assert.notEqual(family.of({ kind: "b", result: "ok" }), family.of({ kind: "a", result: "ok" }));
});

Deno.test("a value that the table does not name is an error, not a new series", () => {
  const open: Family<Record<string, readonly string[]>, Counter> = new Family(labels, () => new Counter());
  const unknown: LabelValues<Record<string, readonly string[]>> = { kind: "pod-17", result: "ok" };
  assert.throws(() => open.of(unknown), /kind="pod-17",result="ok"/);
  assert.equal(open.samples().length, 4);
});
