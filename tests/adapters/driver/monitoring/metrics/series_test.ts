import assert from "node:assert/strict";
import fc from "fast-check";
import { Counter, Histogram } from "../../../../../adapters/driver/monitoring/metrics/series.ts";

Deno.test("a counter adds up", () => {
  const counter = new Counter();
  counter.add();
  counter.add(4);
  assert.deepEqual(counter.samples('kind="a"'), [{ labels: 'kind="a"', value: 5 }]);
});

Deno.test("a histogram counts an observation in each bucket whose bound it does not exceed", () => {
  const histogram = new Histogram([0.5, 1]);
  for (const value of [0.25, 0.5, 0.75, 2]) histogram.observe(value);
  assert.deepEqual(histogram.samples('kind="a"'), [
    { suffix: "_bucket", labels: 'kind="a",le="0.5"', value: 2 },
    { suffix: "_bucket", labels: 'kind="a",le="1"', value: 3 },
    { suffix: "_bucket", labels: 'kind="a",le="+Inf"', value: 4 },
    { suffix: "_sum", labels: 'kind="a"', value: 3.5 },
    { suffix: "_count", labels: 'kind="a"', value: 4 },
  ]);
});

Deno.test("a histogram without other labels has the bound as its only one", () => {
  assert.deepEqual(
    new Histogram([]).samples("").map(({ labels }) => labels),
    ['le="+Inf"', "", ""],
  );
});

Deno.test("buckets are cumulative and end with the count, whatever is observed", () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 9 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(fc.property(bounds, fc.array(fc.integer({ min: -60, max: 60 })), (limits, values) => {
    const histogram = new Histogram(limits);
    for (const value of values) histogram.observe(value);
    const printed = histogram.samples("").map(({ value }) => value);
    const buckets = limits.map((limit) => values.filter((value) => value <= limit).length);
    const sum = values.reduce((total, value) => total + value, 0);
    assert.deepEqual(printed, [...buckets, values.length, sum, values.length]);
  }));
});
