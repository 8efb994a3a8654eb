import assert from "node:assert/strict";
import { recorderFor } from "../../../core/events/events.ts";
import { Readiness } from "../../../core/events/readiness.ts";
import { EventList } from "../fakes.ts";

const published = { kind: "slices-published", devices: 1, writes: 1 } as const;

Deno.test("the driver is ready once it is registered, connected and published", () => {
  const readiness = new Readiness();
  assert.deepEqual([...readiness.missing.keys()], ["kubelet", "runtime", "slices"]);
  readiness.record({ kind: "kubelet-registered" });
  readiness.record({ kind: "runtime-connected", runtime: "containerd" });
  assert.deepEqual([...readiness.missing], [["slices", "ResourceSlices not published yet"]]);
  readiness.record(published);
  assert.equal(readiness.missing.size, 0);
});

for (
  const [kind, precondition] of [["kubelet-lost", "kubelet"], ["runtime-lost", "runtime"], [
    "slices-failed",
    "slices",
  ]] as const
) {
  Deno.test(`after ${kind} the driver is not ready, and says why`, () => {
    const readiness = new Readiness();
    readiness.record({ kind, message: "away" });
    assert.equal(readiness.missing.get(precondition), "away");
  });
}

Deno.test("several recorders are told of the same, in order", () => {
  const first = new EventList(), second = new EventList();
  recorderFor([first, second]).record(published);
  assert.deepEqual([first.events, second.events], [[published], [published]]);
});
