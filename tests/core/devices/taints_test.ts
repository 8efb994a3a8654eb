import assert from "node:assert/strict";
import { type Pool, slicesOf } from "../../../core/devices/pool.ts";
import type { DeviceTaint, PublishedSlice } from "../../../core/devices/resource_slice.ts";
import { sliceDevice } from "../../../core/devices/slice_device.ts";
import { planSlices } from "../../../core/devices/slice_plan.ts";
import { keepTaints, taintOf } from "../../../core/devices/taints.ts";
import { deviceOf, GiB, nodeName } from "../samples.ts";

const own: DeviceTaint = { key: "dra.memory/unhealthy", value: "Shrank", effect: "NoSchedule" };
const foreign: DeviceTaint = {
  key: "example.com/drain",
  effect: "NoExecute",
  timeAdded: "2026-01-01T00:00:00Z",
};

function poolWith(taints: readonly DeviceTaint[], devices = 1): Pool {
  const members = Array.from({ length: devices }, (_, node) => ({
    ...sliceDevice(deviceOf(`memory-numa${node}`, GiB)),
    ...(taints.length === 0 ? {} : { taints }),
  }));
  return { name: "worker-1/memory", devices: members };
}

/** What is published of a pool, and what is planned for another one then. */
function planned(published: Pool, wanted: Pool) {
  const slices = slicesOf(nodeName, published, 1).map((spec, index): PublishedSlice => (
    { name: `s${index}`, resourceVersion: "1", spec }
  ));
  return planSlices(nodeName, [wanted], slices);
}

Deno.test("a device that shrank or is offline is tainted with the reason, one that cannot be read is not", () => {
  assert.deepEqual(taintOf({ reason: "Shrank", message: "" }), own);
  assert.deepEqual(taintOf({ reason: "Offline", message: "" }), { ...own, value: "Offline" });
  assert.equal(taintOf({ reason: "Unreadable", message: "" }), undefined);
});

Deno.test("what others put on a device stays, whether or not the driver has a taint of its own", () => {
  const published = poolWith([foreign]).devices;
  assert.deepEqual(keepTaints(poolWith([]), published), poolWith([foreign]));
  assert.deepEqual(keepTaints(poolWith([own]), published), poolWith([foreign, own]));
});

Deno.test("the time that the API server gave the driver's taint is kept, and nothing written for it", () => {
  const timed = { ...own, timeAdded: "2026-01-01T00:00:00Z" };
  assert.deepEqual(keepTaints(poolWith([own]), poolWith([timed]).devices), poolWith([timed]));
  for (const published of [[foreign, timed], [timed, foreign]]) {
    assert.deepEqual(planned(poolWith(published), poolWith([own])), []);
  }
});

Deno.test("the driver's taint goes when the device is well, and is another one for another reason", () => {
  const [removed] = planned(poolWith([own]), poolWith([]));
  assert.ok(removed?.kind === "update");
  assert.equal(removed.spec.devices[0]?.taints, undefined);
  const offline = { ...own, value: "Offline" };
  const [changed] = planned(poolWith([{ ...own, timeAdded: "2026-01-01T00:00:00Z" }]), poolWith([offline]));
  assert.ok(changed?.kind === "update");
  assert.deepEqual(changed.spec.devices[0]?.taints, [offline]);
});

Deno.test("no device has more taints than the API takes", () => {
  const many = Array.from({ length: 16 }, (_, index) => ({ ...foreign, key: `example.com/${index}` }));
  assert.deepEqual(keepTaints(poolWith([own]), poolWith(many).devices), poolWith(many));
});

Deno.test("a slice with tainted devices has 64 of them, which is all that the API takes", () => {
  assert.deepEqual(slicesOf(nodeName, poolWith([], 128), 1).map(({ devices }) => devices.length), [128]);
  assert.deepEqual(slicesOf(nodeName, poolWith([own], 128), 1).map(({ devices }) => devices.length), [
    64,
    64,
  ]);
});
