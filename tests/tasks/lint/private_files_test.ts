import assert from "node:assert/strict";
import { linted } from "./_linted.ts";

const source = 'import { a } from "../claims/_settle.ts";';

Deno.test("a file that begins with _ must not be imported from another folder", () => {
  assert.deepEqual(linted("private-files", "core/devices/pool.ts", source), [
    "core/devices/pool.ts must not import core/claims/_settle.ts: a file that begins with _ is imported from its own folder alone",
  ]);
});

Deno.test("a folder below is another folder", () => {
  const below = 'import { a } from "../_settle.ts";';
  assert.equal(linted("private-files", "core/claims/deep/a.ts", below).length, 1);
});

Deno.test("its own folder and the tests of that may import it", () => {
  assert.deepEqual(linted("private-files", "core/claims/ledger.ts", source), []);
  const test = 'import { a } from "../../../core/claims/_settle.ts";';
  assert.deepEqual(linted("private-files", "tests/core/claims/ledger_test.ts", test), []);
});
