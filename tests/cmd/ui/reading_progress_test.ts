import assert from "node:assert/strict";
import { progressText } from "../../../cmd/ui/reading_progress.ts";

Deno.test("the bar is of the list that is being read, with the counts of all", () => {
  const counts = new Map([
    ["slices", { read: 300, remaining: 0 }],
    ["claims", { read: 2500, remaining: 7500 }],
  ]);
  assert.equal(progressText(counts), "[#####               ] slices 300, claims 2500 of 10000");
});

Deno.test("a list of nothing has a bar of nothing", () => {
  assert.equal(
    progressText(new Map([["claims", { read: 0, remaining: 0 }]])),
    "[                    ] claims 0",
  );
});
