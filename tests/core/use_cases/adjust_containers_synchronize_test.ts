import assert from "node:assert/strict";
import { CgroupLimits } from "../../../core/claims/cgroup_limits.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { containerId } from "../../../core/values/ids.ts";
import { allocationOf, GiB, MiB, preparedClaim } from "../samples.ts";
import {
  cgroupGone,
  containerDriver,
  containerOf,
  existing,
  limited,
  limitingDriver,
  memory,
  memoryOf,
  message,
  morePages,
  page2m,
  pages,
  sandbox,
  withMax,
} from "./container_driver.ts";

Deno.test("of the containers that exist only those change that are not as they should be", async () => {
  const { adjusting, events, ownerOf } = containerDriver(memory, pages, morePages);
  const updates = await adjusting.synchronize([
    existing(containerOf("plain"), ""),
    existing(containerOf("right", pages), "0", 4n * MiB),
    existing(containerOf("no-limit", morePages), "33"),
    existing(containerOf("elsewhere", memory), "2"),
  ]);
  assert.deepEqual([...updates], [
    [containerId("id-no-limit"), { mems: "33", hugetlbBytes: new Map([[page2m, 6n * MiB]]) }],
    [containerId("id-elsewhere"), { mems: "0-1", hugetlbBytes: new Map() }],
  ]);
  assert.equal(ownerOf(pages), "right");
  assert.deepEqual(events.list.at(-1), { kind: "containers-synchronized", seen: 4, updated: 2 });
});

Deno.test("a claim of a container that has stopped stays that container's, whatever another one shows", async () => {
  const { adjusting, ownerOf, containers, events } = containerDriver(pages);
  const sidecar = existing(containerOf("sidecar", pages), "0", 4n * MiB);
  const updates = await adjusting.synchronize([
    sidecar,
    { ...existing(containerOf("app", pages), "0"), isStopped: true },
  ]);
  assert.deepEqual([updates.size, [...containers.all()]], [0, []]);
  assert.equal(ownerOf(pages), "app");
  assert.deepEqual(events.list.at(-1), { kind: "containers-synchronized", seen: 1, updated: 0 });
});

Deno.test("a container is as it should be when its nodes and all its limits are", async () => {
  const large = preparedClaim(4, [allocationOf("hugepages-1g-numa0", GiB)]);
  const { adjusting } = containerDriver(memory, pages, large);
  const updates = await adjusting.synchronize([
    existing(containerOf("memory", memory), "0-1"),
    existing(containerOf("half", pages, large), "0", 4n * MiB),
  ]);
  assert.deepEqual([...updates.keys()], [containerId("id-half")]);
});

Deno.test("a container that cannot be understood is told of and left as it is, and the others are adopted", async () => {
  const { adjusting, events } = containerDriver(pages);
  const updates = await adjusting.synchronize([
    existing({ ...containerOf("odd"), environment: ["DRAMEMORY_x_NUMANodes=0"] }, ""),
    existing(containerOf("app", pages), ""),
  ]);
  assert.deepEqual([...updates.keys()], [containerId("id-app")]);
  assert.deepEqual(events.kinds(), ["container-refused", "containers-synchronized"]);
});

Deno.test("a new driver finds the base below what its predecessor added", async () => {
  const { adjusting, podCgroups } = containerDriver(pages, morePages);
  podCgroups.initial = { usage: 12n * MiB, reservation: 12n * MiB };
  await adjusting.synchronize([
    existing(containerOf("app", pages), "0", 4n * MiB),
    existing(containerOf("sidecar", morePages), "33", 6n * MiB),
  ]);
  assert.equal(podCgroups.writes, 0);
  await adjusting.removed(sandbox, containerOf("sidecar"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 6n * MiB);
});

Deno.test("a container that started while the driver was away is added to its pod's limits", async () => {
  const { adjusting, podCgroups } = containerDriver(pages, morePages);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.synchronize([
    existing(containerOf("app", pages), "0", 4n * MiB),
    existing(containerOf("sidecar", morePages), ""),
  ]);
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("a running container keeps its claims although its pod's cgroup cannot be raised", async () => {
  const { adjusting, podCgroups, events } = containerDriver(pages);
  podCgroups.failure = cgroupGone;
  await adjusting.synchronize([existing(containerOf("app", pages), "", 0n)]);
  podCgroups.failure = undefined;
  assert.deepEqual(events.kinds(), ["pod-limits-left", "containers-synchronized"]);
  assert.match(
    message(await adjusting.adjust(sandbox, containerOf("sidecar", pages))),
    /owned by container app/,
  );
});

Deno.test("a container that started without the driver raises its pod's limits once, however often that is restarted", async () => {
  const parts = containerDriver(pages);
  const podLimits: unknown[] = [];
  for (let restart = 0; restart < 4; restart++) {
    const adjusting = new AdjustContainers({ ...parts, limits: new CgroupLimits(parts) });
    await adjusting.synchronize([existing(containerOf("app", pages), "1")]);
    podLimits.push(parts.podCgroups.usage2m("/kubepods/pod1"));
  }
  assert.deepEqual(podLimits, Array.from({ length: 4 }, () => 4n * MiB));
});

Deno.test("the next instance adds a claim to a container's own limit once, and changes nothing of what is as it should be", async () => {
  const { adjusting, node } = limitingDriver(), app = containerOf("app", limited);
  await adjusting.adjust(sandbox, withMax(app, 128n * MiB));
  const next = limitingDriver(node), memory = { max: GiB + 128n * MiB, min: GiB, swapMax: 0n };
  const running = { ...existing(app, "0"), applied: { mems: "0", memory, hugetlbBytes: new Map() } };
  assert.deepEqual(await next.adjusting.synchronize([running]), new Map());
  const [container] = next.containers.all();
  assert.deepEqual(container?.adjustment.memory, memory);
  assert.deepEqual((await memoryOf(next.adjusting.update(sandbox, running)))?.max, GiB + 128n * MiB);
});

Deno.test("a container that started without the driver is limited when the runtime lists it", async () => {
  const { adjusting } = limitingDriver(), app = containerOf("app", limited);
  const updates = await adjusting.synchronize([{ ...withMax(app, 128n * MiB), sandbox }]);
  assert.deepEqual(updates.get(app.id)?.memory, { max: GiB + 128n * MiB, min: GiB, swapMax: 0n });
});
