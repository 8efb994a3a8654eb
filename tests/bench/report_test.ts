import assert from "node:assert/strict";
import type { Budget } from "./_budgets.ts";
import { failures, format, table } from "./report.ts";
import type { Measured } from "./_results.ts";

const budget: Budget = {
  metric: "prepare",
  what: "preparing a claim",
  unit: "ms",
  limit: 4,
  known: undefined,
  reference: "",
};
const figure: Measured = { contender: "dramemory", metric: "prepare", value: 2, runs: 500 };

Deno.test("the table has a row for each measured budget and a cell for each number of prepared claims", () => {
  const figures = [
    { ...figure, prepared: 0 },
    { ...figure, prepared: 1000, value: 5 },
    { ...figure, contender: "other", prepared: 0, value: 3 },
  ];
  const rows = table([budget, { ...budget, metric: "not measured" }], figures, ["dramemory", "other"]).split(
    "\n",
  );
  assert.equal(rows.length, 3);
  assert.equal(
    rows[2],
    "| preparing a claim, ms (0 / 1,000 prepared) | ≤ 4 | 2 / 5 | 3 | missed by 25 % | 500 |",
  );
});

Deno.test("only a budget that is missed by more than half is a failure", () => {
  assert.deepEqual(failures([budget], [figure, { ...figure, value: 6 }]), []);
  assert.deepEqual(failures([budget], [{ ...figure, prepared: 1000, value: 6.5 }]), [
    "prepare with 1000 prepared claims: 6.50 ms, the budget is 4",
  ]);
});

Deno.test("figures show three digits, or all that stand before the point", () => {
  assert.deepEqual([0, 0.0123, 0.123, 1.234, 12.34, 123.4, 12345.6].map(format), [
    ...["0", "0.012", "0.123", "1.23", "12.3", "123", "12,346"],
  ]);
});
