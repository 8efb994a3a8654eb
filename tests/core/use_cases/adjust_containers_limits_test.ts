import assert from "node:assert/strict";
import { CgroupLimits } from "../../../core/claims/cgroup_limits.ts";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { AdjustContainers } from "../../../core/use_cases/adjust_containers.ts";
import { containerId } from "../../../core/values/ids.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { GiB, MiB } from "../samples.ts";
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

Deno.test("a pod's cgroup is raised to what all its containers hold", async () => {
  const { adjusting, podCgroups } = containerDriver(pages, morePages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("a pod's cgroup that cannot be raised keeps a new container from starting, and it holds nothing", async () => {
  const { adjusting, podCgroups, ownerOf } = containerDriver(pages);
  podCgroups.failure = cgroupGone;
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", pages))), /it is gone$/);
  assert.equal(ownerOf(pages), undefined);
  podCgroups.failure = undefined;
  assert.equal((await adjusting.adjust(sandbox, containerOf("sidecar", pages))).kind, "adjusted");
});

Deno.test("a container that held its claims before keeps them when the cgroup cannot be raised", async () => {
  const { adjusting, podCgroups, ownerOf } = containerDriver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  podCgroups.failure = cgroupGone;
  message(await adjusting.adjust(sandbox, containerOf("app", pages)));
  assert.equal(ownerOf(pages), "app");
});

Deno.test("an error that nobody foresaw is passed on, and the container holds nothing", async () => {
  const { adjusting, podCgroups, ownerOf } = containerDriver(pages);
  podCgroups.failure = new TypeError("a mistake in the program");
  await assert.rejects(async () => await adjusting.adjust(sandbox, containerOf("app", pages)), TypeError);
  assert.equal(ownerOf(pages), undefined);
});

Deno.test("without pod cgroups containers are adjusted all the same", async () => {
  const parts = containerDriver(pages);
  const adjusting = new AdjustContainers({
    ...parts,
    limits: new CgroupLimits({ ...parts, podCgroups: undefined }),
  });
  assert.equal((await adjusting.adjust(sandbox, containerOf("app", pages))).kind, "adjusted");
});

Deno.test("what the kubelet set for a pod is kept as the base, and a container's end gives back what it held", async () => {
  const { adjusting, podCgroups } = containerDriver(pages, morePages);
  podCgroups.initial = { usage: 2n * MiB, reservation: "max" };
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.deepEqual(podCgroups.limits.get("/kubepods/pod1 2m"), { usage: 12n * MiB, reservation: "max" });

  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 8n * MiB);
  await adjusting.removed(sandbox, containerOf("sidecar"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 2n * MiB);
});

Deno.test("a neighbor without hugepages, and an event that comes again, change nothing of a pod's limits", async () => {
  const { adjusting, podCgroups } = containerDriver(pages, memory);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, containerOf("sidecar", memory));
  await adjusting.adjust(sandbox, containerOf("plain"));
  assert.deepEqual([podCgroups.usage2m("/kubepods/pod1"), podCgroups.writes], [4n * MiB, 1]);
});

Deno.test("a restarted container holds its limits although its former self is removed afterwards", async () => {
  const { adjusting, podCgroups } = containerDriver(pages);
  await adjusting.adjust(sandbox, containerOf("app", pages));
  await adjusting.adjust(sandbox, { ...containerOf("app", pages), id: containerId("second") });
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
});

Deno.test("a container's own limit of hugepages and its claims add up, whether or not the kubelet did that", async () => {
  const claim = { ...pages, ordinaryHugepages: [{ pageSize: page2m, bytes: 64n * MiB }] };
  for (const present of [64n * MiB, 68n * MiB]) {
    const container = {
      ...containerOf("app", claim),
      applied: { mems: "", hugetlbBytes: new Map([[page2m, present]]) },
    };
    const outcome = await containerDriver(claim).adjusting.adjust(sandbox, container);
    assert.deepEqual(
      outcome.kind === "adjusted" && outcome.adjustment.hugetlbBytes,
      new Map([[page2m, 68n * MiB]]),
    );
  }
});

Deno.test("a pod's limits are left to a kubelet that counts claims itself, also over a restart and a container's end", async () => {
  const counted = { ...pages, countedByKubelet: true } as const;
  const { adjusting, podCgroups } = containerDriver(counted, morePages);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", counted));
  assert.equal(podCgroups.writes, 0);
  await adjusting.synchronize([existing(containerOf("app", counted), "0", 4n * MiB)]);
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.writes, 0);
  await adjusting.adjust(sandbox, containerOf("sidecar", morePages));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 10n * MiB);
});

Deno.test("a pod's own limit of a page size is the driver's to raise although the kubelet counts claims", async () => {
  const claim = {
    ...pages,
    countedByKubelet: true,
    limitedByPod: [parseResourceName("hugepages-1g"), parseResourceName("hugepages-2m")],
  } as const;
  const { adjusting, podCgroups } = containerDriver(claim);
  podCgroups.initial = { usage: 4n * MiB, reservation: 4n * MiB };
  await adjusting.adjust(sandbox, containerOf("app", claim));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 8n * MiB);
  await adjusting.removed(sandbox, containerOf("app"));
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
});

Deno.test("what the kubelet set for a container itself is never lowered", async () => {
  const { adjusting } = containerDriver(pages);
  const container = {
    ...containerOf("app", pages),
    applied: { mems: "", hugetlbBytes: new Map([[page2m, 6n * MiB]]) },
  };
  const outcome = await adjusting.adjust(sandbox, container);
  assert.deepEqual(
    outcome.kind === "adjusted" && outcome.adjustment.hugetlbBytes,
    new Map([[page2m, 6n * MiB]]),
  );
});

Deno.test("limits that are put right because the resized container is updated are counted and told as well", async () => {
  const { adjusting, limits, podCgroups, events } = containerDriver(pages);
  const container = containerOf("app", pages);
  await adjusting.adjust(sandbox, container);
  await adjusting.update(sandbox, container);
  assert.equal(limits.restored(sandbox.reference.uid), 0);
  podCgroups.limits.clear();
  await adjusting.update(sandbox, container);
  assert.equal(podCgroups.usage2m("/kubepods/pod1"), 4n * MiB);
  assert.equal(limits.restored(sandbox.reference.uid), 1);
  assert.deepEqual(events.kinds().filter((kind) => kind.startsWith("pod-")), ["pod-limits-restored"]);
});

const kept = { min: GiB, swapMax: 0n };

Deno.test("a container may use its claim on top of its own limit, at creation and through every update", async () => {
  const { adjusting, node } = limitingDriver(), app = containerOf("app", limited);
  node.files.set("/kubepods/pod1/memory.max", 128n * MiB);
  assert.deepEqual(await memoryOf(adjusting.adjust(sandbox, withMax(app, 128n * MiB))), {
    max: GiB + 128n * MiB,
    ...kept,
  });
  assert.equal(node.files.get("/kubepods/pod1/memory.max"), GiB + 128n * MiB);
  assert.equal(node.files.get("/kubepods/memory.min"), GiB);
  // The CPU manager says nothing of memory, and the runtime then says what the container has.
  const running = withMax(app, GiB + 128n * MiB);
  assert.deepEqual((await memoryOf(adjusting.update(sandbox, running)))?.max, GiB + 128n * MiB);
  // A resize says what the pod's spec says now.
  assert.deepEqual(
    (await memoryOf(adjusting.update(sandbox, withMax(app, GiB, 64n * MiB))))?.max,
    GiB + 64n * MiB,
  );
  assert.deepEqual(
    (await memoryOf(adjusting.update(sandbox, withMax(app, GiB + 64n * MiB))))?.max,
    GiB + 64n * MiB,
  );
});

Deno.test("a container without a limit of its own has its claim, and keeps the swap that it had unless that is forbidden", async () => {
  const { adjusting } = limitingDriver();
  assert.deepEqual(await memoryOf(adjusting.adjust(sandbox, containerOf("app", limited))), {
    max: GiB,
    ...kept,
  });
  const swapping = { ...limited, terms: [{ request: "mem", limits: { max: "claim" } }] } as const;
  const other = containerDriver(swapping).adjusting, app = containerOf("app", swapping);
  assert.deepEqual(await memoryOf(other.adjust(sandbox, app)), { max: GiB, swapMax: "max" });
  const some = { ...app, applied: { ...app.applied, memory: { max: MiB, swapMax: 5n * MiB } } };
  assert.deepEqual(await memoryOf(other.adjust(sandbox, some)), { max: GiB + MiB, swapMax: 5n * MiB });
});

Deno.test("a container with its claim on top is not slowed down where the kubelet would by the container's own limit", async () => {
  const claims = { ...limited, terms: [{ request: "mem", limits: { max: "claim" } }] } as const;
  const highFor = async (claim: PreparedClaim, high?: bigint | "max") => {
    const app = containerOf("app", claim),
      memory = { max: 128n * MiB, ...(high === undefined ? {} : { high }) };
    const had = { ...app, applied: { ...app.applied, memory } };
    return (await memoryOf(containerDriver(claim).adjusting.adjust(sandbox, had)))?.high;
  };
  assert.equal(await highFor(claims, 115n * MiB), "max");
  // An update has the kubelet's in it again, and the runtime says what the container has.
  assert.equal(await highFor(claims, "max"), "max");
  assert.equal(await highFor(claims), undefined);
  const slowed = {
    ...limited,
    terms: [{ request: "mem", limits: { max: "claim", highPercent: 50 } }],
  } as const;
  assert.equal(await highFor(slowed, 115n * MiB), GiB / 2n + 128n * MiB);
  assert.equal(await highFor({ ...claims, countedByKubelet: true }, 115n * MiB), undefined);
});

Deno.test("a pod's memory follows its containers up and down, and what somebody changes is put right", async () => {
  const { adjusting, tending, node, events } = limitingDriver(), file = "/kubepods/pod1/memory.max";
  const app = containerOf("app", limited);
  node.files.set(file, 128n * MiB);
  await adjusting.adjust(sandbox, app);
  node.files.set(file, 256n * MiB);
  await tending.run();
  assert.equal(node.files.get(file), GiB + 256n * MiB);
  assert.ok(events.kinds().includes("pod-limits-restored"));
  await adjusting.removed(sandbox, app);
  assert.deepEqual([node.files.get(file), node.files.get("/kubepods/memory.min"), node.kept.size], [
    256n * MiB,
    0n,
    0,
  ]);
});

Deno.test("a pod whose memory cannot be raised keeps the container from starting", async () => {
  const { adjusting, node, ownerOf } = limitingDriver();
  node.failure = cgroupGone;
  assert.match(message(await adjusting.adjust(sandbox, containerOf("app", limited))), /it is gone$/);
  assert.equal(ownerOf(limited), undefined);
});
