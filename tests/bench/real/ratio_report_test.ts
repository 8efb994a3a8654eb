import assert from "node:assert/strict";
import { Measurements } from "./measurements.ts";
import { failureOf, isMet, parseRatioBudgets, type RatioBudget, RatioBudgetsError } from "./ratio_budgets.ts";
import { ratioFailures, ratioOf, ratioTable } from "./ratio_report.ts";

const time: RatioBudget = { metric: "t", what: "a call", unit: "ms", ratio: 0.5, most: undefined };
const rate: RatioBudget = { metric: "r", what: "calls", unit: "claims/s", ratio: 2, most: undefined };

Deno.test("the shipped budgets can be read, and each name stands for one of them", async () => {
  const budgets = parseRatioBudgets(await Deno.readTextFile(new URL("BUDGETS.md", import.meta.url)));
  assert.equal(new Set(budgets.map(({ metric }) => metric)).size, budgets.length);
});

Deno.test("a document without budgets, and a budget that is no number, are refused", () => {
  assert.throws(() => parseRatioBudgets("| Name |\n"), RatioBudgetsError);
  assert.throws(() => parseRatioBudgets("| `a` | what | ms | half | |\n"), RatioBudgetsError);
});

Deno.test("a ratio is that of the medians, its spread that of the single rounds", () => {
  assert.deepEqual(ratioOf([1, 2, 6], [4, 4, 4]), { value: 0.5, least: 0.25, most: 1.5 });
  assert.equal(ratioOf([1], [1, 2]), undefined);
});

Deno.test("a time is to be below its ratio, a rate above it", () => {
  assert.deepEqual([0.5, 0.51].map((ratio) => isMet(time, ratio)), [true, false]);
  assert.deepEqual([2, 1.9].map((ratio) => isMet(rate, ratio)), [true, false]);
  assert.equal(isMet({ ...time, ratio: undefined }, 9), undefined);
});

Deno.test("what is worse than the other build by half fails, and what is far above its most", () => {
  assert.equal(failureOf(time, 3, 1.5), undefined);
  assert.match(failureOf(time, 3, 1.6) ?? "", /^t is worse than the other build's by 60 %$/);
  assert.match(failureOf(rate, 3, 0.5) ?? "", /by 100 %/);
  assert.equal(failureOf({ ...time, most: 10 }, 12, undefined), undefined);
  assert.match(failureOf({ ...time, most: 10 }, 13, undefined) ?? "", /13\.0 ms, at most 10/);
});

Deno.test("the table has both builds, their ratio, the aim and the floors", () => {
  const measurements = new Measurements(() => {});
  for (const value of [1, 2, 3]) measurements.add("own", "t", value);
  for (const value of [4, 4, 4]) measurements.add("other", "t", value);
  measurements.add("empty floor", "t", 0.5);
  const comparison = { own: "own", other: "other", floors: ["empty floor"] };
  assert.equal(
    ratioTable([time, rate], measurements, comparison).split("\n").at(-1),
    "| a call, ms | 2 (1–3) | 4 (4–4) | 0.50 (0.25–0.75) | ≤ 0.5 | met | 0.500 |",
  );
  assert.deepEqual(ratioFailures([time, rate], measurements, comparison), []);
});

Deno.test("a run fails for what was worse by half in each of its rounds, not in one", () => {
  const failuresOf = (own: readonly number[], other: readonly number[], metric: "t" | "r") => {
    const measurements = new Measurements(() => {});
    for (const value of own) measurements.add("own", metric, value);
    for (const value of other) measurements.add("other", metric, value);
    return ratioFailures([time, rate], measurements, { own: "own", other: "other", floors: [] }).length;
  };
  assert.equal(failuresOf([8, 8, 4.4], [4, 4, 4], "t"), 0);
  assert.equal(failuresOf([8, 8, 6.4], [4, 4, 4], "t"), 1);
  assert.equal(failuresOf([2, 2, 3.6], [4, 4, 4], "r"), 0);
  assert.equal(failuresOf([2, 2, 2.4], [4, 4, 4], "r"), 1);
});
