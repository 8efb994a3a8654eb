import assert from "node:assert/strict";
import { stringsOf, valueAt, withChanges } from "../../../core/values/config_table.ts";

Deno.test("a value is found by its keys, and only a table's own", () => {
  const table = { a: { b: { c: 1 } }, d: [{ e: 1 }] };
  assert.equal(valueAt(table, ["a", "b", "c"]), 1);
  for (const path of [["a", "c"], ["a", "b", "c", "d"], ["d", "0"], ["toString"]]) {
    assert.equal(valueAt(table, path), undefined);
  }
});

Deno.test("changes make the tables that they need and leave the others, and the former table, as they are", () => {
  const table = { a: { b: 1 }, c: 2 };
  const changed = withChanges(table, [
    { path: ["a", "d"], value: true },
    { path: ["c"], value: [] },
    { path: ["e", "f"], value: "x" },
  ]);
  assert.deepEqual(changed, { a: { b: 1, d: true }, c: [], e: { f: "x" } });
  assert.deepEqual(table, { a: { b: 1 }, c: 2 });
});

Deno.test("the strings of a list are what is text in it", () => {
  assert.deepEqual([stringsOf(["a", 1, "b"]), stringsOf("a"), stringsOf(undefined)], [["a", "b"], [], []]);
});
