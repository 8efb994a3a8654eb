import assert from "node:assert/strict";
import { PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { MiB } from "../samples.ts";
import {
  containerDriver,
  containerOf,
  existing,
  morePages,
  page2m,
  pages,
  sandbox,
} from "./container_driver.ts";

Deno.test("limits that a kubelet which counts claims itself takes away at a resize are put right as it had set them", async () => {
  const counted = { ...pages, countedByKubelet: true } as const;
  const { adjusting, tending, limits, podCgroups } = containerDriver(counted);
  podCgroups.initial = { usage: 6n * MiB, reservation: 6n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", counted));
  podCgroups.limits.clear();
  podCgroups.initial = { usage: 0n, reservation: 0n };
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 6n * MiB);
  assert.equal(limits.restored(sandbox.reference.uid), 1);
});

Deno.test("the limits of a container that started without the driver are the driver's to write, as long as it exists", async () => {
  const { adjusting, tending, podCgroups } = containerDriver(pages, morePages);
  const late = existing(containerOf("late", pages), "");
  await adjusting.synchronize([late, existing(containerOf("app", morePages), "33", 6n * MiB)]);
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), 4n * MiB);
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-app"), undefined);

  podCgroups.limits.clear(); // As an update of somebody else does it.
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), 4n * MiB);

  podCgroups.limits.clear();
  await adjusting.removed(sandbox, late);
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-late"), undefined);
});

Deno.test("a container that was updated may have started without the driver: its limits are written as well", async () => {
  const { adjusting, tending, podCgroups } = containerDriver(pages);
  const container = existing(containerOf("app", pages), "0", 4n * MiB);
  await adjusting.synchronize([container]); // The runtime says that all is well, as it does after a restart.
  const outcome = await adjusting.update(sandbox, container);
  assert.deepEqual(outcome, {
    kind: "adjusted",
    adjustment: { mems: "0", hugetlbBytes: new Map([[page2m, 4n * MiB]]) },
  });
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-app"), 4n * MiB);
});

Deno.test("a container whose limits cannot be written does not keep the others from theirs", async () => {
  const { adjusting, tending, podCgroups } = containerDriver(pages, morePages);
  podCgroups.gone = "/kubepods/pod1/id-late";
  await adjusting.synchronize([
    existing(containerOf("late", pages), ""),
    existing(containerOf("later", morePages), ""),
  ]);
  await assert.rejects(tending.run(), PodCgroupError);
  assert.equal(podCgroups.usage2m("/kubepods/pod1/id-later"), 6n * MiB);
});

Deno.test("limits of a pod that somebody took away are put right, counted and told", async () => {
  const { adjusting, tending, limits, podCgroups, events } = containerDriver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await tending.run();
  const { uid } = sandbox.reference;
  assert.equal(limits.restored(uid), 0);
  podCgroups.limits.clear();
  await tending.run();
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
  assert.equal(limits.restored(uid), 1);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), ["pod-limits-restored"]);
});

Deno.test("a pod whose claims were given back while it ends has its limits lowered, which nobody else did", async () => {
  const { adjusting, tending, podCgroups, events, store } = containerDriver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  store.remove(pages.reference.uid);
  await tending.run();
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 0n);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), []);
});

Deno.test("limits that cannot be put right are told of once until they can; a pod that is over is left alone", async () => {
  const { adjusting, tending, podCgroups, events } = containerDriver(pages);
  const told = () => events.kinds().filter((kind) => kind === "pod-limits-left").length;
  await adjusting.adjust(sandbox, containerOf("app", pages));
  podCgroups.failure = new PodCgroupError("Cannot read", { isMissing: true });
  await tending.run();
  assert.equal(told(), 0);
  for (let fault = 1; fault <= 2; fault++) {
    podCgroups.failure = new PodCgroupError("Cannot write");
    for (let time = 0; time < 3; time++) await tending.run();
    assert.equal(told(), fault);
    podCgroups.failure = undefined;
    await tending.run();
  }
});
