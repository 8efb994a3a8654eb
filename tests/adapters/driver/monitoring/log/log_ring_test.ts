import assert from "node:assert/strict";
import { LogRing } from "../../../../../adapters/driver/monitoring/log/log_ring.ts";

Deno.test("the last lines are kept, the oldest first", () => {
  const ring = new LogRing(3);
  assert.deepEqual(ring.lines, []);
  for (const line of ["a\n", "b\n", "c\n", "d\n", "e\n"]) ring.add(line);
  assert.deepEqual(ring.lines, ["c", "d", "e"]);
});

Deno.test("a long line is cut", () => {
  const ring = new LogRing(3, 4);
  ring.add("abcdef\n");
  assert.deepEqual(ring.lines, ["abcd…"]);
});
