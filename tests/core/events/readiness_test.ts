import assert from "node:assert/strict";
import { allOf } from "../../../core/events/events.ts";
import { Readiness } from "../../../core/events/readiness.ts";
import { EventList } from "../fakes/event_list.ts";

const published = { kind: "slices-published", devices: 1, writes: 1 } as const;

Deno.test("the driver is ready once it is registered, connected and published", () => {
  const readiness = new Readiness();
  assert.deepEqual([...readiness.missing.keys()], ["kubelet", "runtime", "slices"]);
  readiness.emit({ kind: "kubelet-registered" });
  readiness.emit({ kind: "runtime-connected", runtime: "containerd", again: false });
  assert.deepEqual([...readiness.missing], [["slices", "ResourceSlices not published yet"]]);
  readiness.emit(published);
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
    readiness.emit({ kind, message: "away" });
    assert.equal(readiness.missing.get(precondition), "away");
  });
}

Deno.test("several listeners are told of the same, in order", () => {
  const first = new EventList(), second = new EventList();
  allOf([first, second]).emit(published);
  assert.deepEqual([first.list, second.list], [[published], [published]]);
});
