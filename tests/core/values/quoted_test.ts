import assert from "node:assert/strict";
import { quoted, shortened } from "../../../core/values/quoted.ts";

Deno.test("of a text that was not understood 60 characters are quoted, on one line", () => {
  assert.equal(quoted("a\nb\x1b[0m"), '"a\\nb\\u001b[0m"');
  assert.equal(quoted("x".repeat(61)), `"${"x".repeat(60)}…"`);
  assert.equal(quoted("x".repeat(60)), `"${"x".repeat(60)}"`);
});

Deno.test("a text is shortened to a length", () => {
  assert.equal(shortened("abc", 2), "ab…");
  assert.equal(shortened("abc", 3), "abc");
});
