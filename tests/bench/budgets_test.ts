import assert from "node:assert/strict";
import { type Budget, BudgetsError, parseBudgets, verdictOn } from "./_budgets.ts";

const header = "| Name | What | Unit | Budget | Today | Go driver |\n| --- | --- | --- | --- | --- | --- |\n";

Deno.test("the budgets are the rows of the document that begin with a name", () => {
  const rows = "| `start` | start until ready | ms | 400 | 700 | 30 |\n| `log` | log | KiB | | | |\n";
  assert.deepEqual(parseBudgets(`# Budgets\n\n${header}${rows}`), [
    { metric: "start", what: "start until ready", unit: "ms", limit: 400, known: 700, reference: "30" },
    { metric: "log", what: "log", unit: "KiB", limit: undefined, known: undefined, reference: "" },
  ]);
});

Deno.test("a budget that is no number, and a document without budgets, are refused", () => {
  assert.throws(() => parseBudgets(`${header}| \`start\` | start | ms | soon | | |\n`), BudgetsError);
  assert.throws(() => parseBudgets(`${header}| \`start\` | start | ms | 4 | | | 5 |\n`), BudgetsError);
  assert.throws(() => parseBudgets(header), BudgetsError);
});

Deno.test("the shipped budgets can be read, and each name stands for one of them", async () => {
  const budgets = parseBudgets(await Deno.readTextFile(new URL("BUDGETS.md", import.meta.url)));
  assert.equal(new Set(budgets.map(({ metric }) => metric)).size, budgets.length);
});

const most: Budget = { metric: "m", what: "w", unit: "ms", limit: 10, known: undefined, reference: "" };
const least: Budget = { ...most, unit: "claims/s" };

Deno.test("a budget is met, missed, or missed by more than half", () => {
  const kinds = (budget: Budget, values: number[]) => values.map((value) => verdictOn(budget, value).kind);
  assert.deepEqual(kinds(most, [5, 10, 11, 15, 15.1]), ["met", "met", "missed", "missed", "failed"]);
  assert.deepEqual(kinds(least, [20, 10, 9, 7, 6]), ["met", "met", "missed", "missed", "failed"]);
  assert.deepEqual(kinds({ ...most, limit: 0 }, [-1, 0, 1]), ["met", "met", "failed"]);
  assert.deepEqual(kinds({ ...most, known: 20 }, [10, 25, 30, 31]), ["met", "missed", "missed", "failed"]);
  assert.deepEqual(kinds({ ...most, limit: undefined }, [1]), ["no-budget"]);
});
