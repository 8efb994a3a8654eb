import assert from "node:assert/strict";
import { median, quantile } from "./statistics.ts";

Deno.test("a quantile is one of the values, in whatever order they come", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual([0.01, 0.5, 0.99, 1].map((share) => quantile(values, share)), [1, 50, 99, 100]);
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([7]), 7);
});

Deno.test("no values have no quantile", () => {
  assert.throws(() => median([]), RangeError);
});
