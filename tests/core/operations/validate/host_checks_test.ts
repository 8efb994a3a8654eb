import assert from "node:assert/strict";
import {
  checkCdiDirectory,
  checkClock,
  checkUser,
} from "../../../../core/operations/validate/host_checks.ts";
import type { DirectoryState } from "../../../../core/operations/ports/node_facts.ts";

const states: Record<DirectoryState, string> = {
  "writable": "pass",
  "missing": "pass",
  "unknown": "warn",
  "no directory": "fail",
  "not writable": "fail",
};
for (const [state, outcome] of Object.entries(states)) {
  Deno.test(`a CDI directory that is ${state}: ${outcome}`, () => {
    assert.equal(checkCdiDirectory({ path: "/cdi", state: state as DirectoryState }).outcome, outcome);
  });
}

Deno.test("anyone but root fails", () => {
  assert.deepEqual([checkUser({ id: 0 }).outcome, checkUser({ id: 1000 }).outcome], ["pass", "fail"]);
});

const now = "2026-11-26T11:24:18.546Z";
const clocks: [string, boolean | undefined, string][] = [
  [now, true, "pass"],
  [now, undefined, "pass"],
  [now, false, "warn"],
  ["1970-01-01T00:00:07.000Z", true, "fail"],
  ["2025-08-26T23:59:59.999Z", undefined, "fail"],
];
for (const [time, synchronized, outcome] of clocks) {
  Deno.test(`a clock that says ${time}, synchronized ${synchronized}: ${outcome}`, () => {
    assert.equal(checkClock({ now: time, synchronized }).outcome, outcome);
  });
}
