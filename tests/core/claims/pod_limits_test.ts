import fc from "fast-check";
import assert from "node:assert/strict";
import type { Share } from "../../../core/claims/environment.ts";
import { PodLimits } from "../../../core/claims/pod_limits.ts";
import { podUid } from "../../../core/values/ids.ts";
import { formatPageSize, parsePageSize } from "../../../core/values/page_size.ts";
import { type HugetlbLimit, type HugetlbLimits, PodCgroupError } from "../../../core/ports/pod_cgroup.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { MemoryBases } from "../fakes/memory_bases.ts";
import { MemoryCgroups } from "../fakes/memory_cgroups.ts";
import { MiB, nodeIds } from "../samples.ts";

const pod = podUid("pod-1"), cgroupParent = "/kubepods/pod1";
const sizes = ["2m", "1g"].map(parsePageSize);
const [node] = nodeIds(0);

function shareOf(resource: string, bytes: bigint): Share {
  assert.ok(node !== undefined);
  return { resource: parseResourceName(resource), numaNode: node, bytes };
}

/** What a pod's limits have to be: what the kubelet set, and what is held of the size. */
function expected(base: HugetlbLimits, held: readonly Share[], size: string): HugetlbLimits {
  const bytes = held.filter(({ resource }) => resource === `hugepages-${size}`)
    .reduce((sum, share) => sum + share.bytes, 0n);
  const plus = (limit: HugetlbLimit) => limit === "max" ? limit : limit + bytes;
  return { usage: plus(base.usage), reservation: plus(base.reservation) };
}

function assertAtLeast(found: HugetlbLimit, least: HugetlbLimit): void {
  assert.ok(found === "max" || (least !== "max" && found >= least), `${found} is less than ${least}`);
}

const limit = fc.oneof(
  fc.constant("max" as const),
  fc.constant(0n),
  fc.bigInt(1n, 100n).map((count) => count * MiB),
);
const base: fc.Arbitrary<HugetlbLimits> = fc.record({ usage: limit, reservation: limit }, {
  noNullPrototype: true,
});
const share = fc.tuple(fc.constantFrom("hugepages-2m", "hugepages-1g", "memory"), fc.bigInt(1n, 9n))
  .map(([resource, count]) => shareOf(resource, count * MiB));
const containers = fc.array(fc.array(share, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
const step = fc.record({
  kind: fc.constantFrom("place", "remove", "repeat", "restart"),
  container: fc.nat(3),
  fails: fc.boolean(),
});

Deno.test("after any placing, removing, repeating and restarting, limits are the base and what is held", async () => {
  await fc.assert(fc.asyncProperty(base, containers, fc.array(step), async (initial, shares, steps) => {
    const cgroups = Object.assign(new MemoryCgroups(), { initial });
    const existing = new Set<number>();
    let limits = new PodLimits(cgroups, new MemoryBases());
    for (const { kind, container } of steps) {
      if (kind === "place" && container < shares.length) existing.add(container);
      if (kind === "remove") existing.delete(container);
      const held = [...existing].flatMap((index) => shares[index] ?? []);
      if (kind === "restart") limits = new PodLimits(cgroups, new MemoryBases());
      await limits.apply({
        pod,
        cgroupParent,
        held: () => held,
        foundApplied: kind === "restart" ? held : [],
      });
      for (const size of sizes) {
        assert.deepEqual(
          await cgroups.readHugetlb(cgroupParent, size),
          expected(initial, held, formatPageSize(size)),
        );
      }
    }
  }));
});

Deno.test("whatever fails or happens while no driver runs, a limit is never below base and what is held", async () => {
  await fc.assert(fc.asyncProperty(base, containers, fc.array(step), async (initial, shares, steps) => {
    const cgroups = Object.assign(new MemoryCgroups(), { initial });
    const existing = new Set<number>();
    /** The containers that the limits are known to include. */
    let applied = new Set<number>(), limits = new PodLimits(cgroups, new MemoryBases());
    for (const { kind, container, fails } of steps) {
      if (kind === "place" && container < shares.length) existing.add(container);
      if (kind === "remove") existing.delete(container);
      if (kind === "restart") limits = new PodLimits(cgroups, new MemoryBases());
      const heldBy = (indices: Set<number>) => [...indices].flatMap((index) => shares[index] ?? []);
      const held = heldBy(existing), foundApplied = heldBy(applied.intersection(existing));
      cgroups.failure = fails ? new PodCgroupError("Cannot write") : undefined;
      const done = limits.apply({
        pod,
        cgroupParent,
        held: () => held,
        foundApplied: kind === "restart" ? foundApplied : [],
      });
      if (fails) {
        await done.catch((error) => assert.ok(error instanceof PodCgroupError));
        continue;
      }
      await done;
      applied = new Set(existing);
      for (const size of sizes) {
        const { usage, reservation } = await cgroups.readHugetlb(cgroupParent, size);
        const least = expected(initial, held, formatPageSize(size));
        assertAtLeast(usage, least.usage);
        assertAtLeast(reservation, least.reservation);
      }
    }
  }));
});

Deno.test("a limit that is right is not written again", async () => {
  const cgroups = new MemoryCgroups(), limits = new PodLimits(cgroups, new MemoryBases());
  const held = [shareOf("hugepages-2m", 4n * MiB)];
  for (let time = 0; time < 3; time++) await limits.apply({ pod, cgroupParent, held: () => held });
  assert.equal(cgroups.writes, 1);
});

Deno.test("sizes that nobody in the pod ever held are neither read nor written", async () => {
  const cgroups = new MemoryCgroups();
  cgroups.failure = new PodCgroupError("there is no such controller");
  await new PodLimits(cgroups, new MemoryBases()).apply({
    pod,
    cgroupParent,
    held: () => [shareOf("memory", MiB)],
  });
  assert.equal(cgroups.writes, 0);
});

Deno.test("what is asked for at the same time is done one after the other, and the last one counts", async () => {
  const cgroups = new MemoryCgroups(), limits = new PodLimits(cgroups, new MemoryBases());
  const amounts = [4n, 10n, 6n].map((count) => [shareOf("hugepages-2m", count * MiB)]);
  await Promise.all(amounts.map((held) => limits.apply({ pod, cgroupParent, held: () => held })));
  assert.equal(cgroups.usage2m(cgroupParent), 6n * MiB);
});

Deno.test("a pod that is gone is forgotten: another one in its place has a base of its own", async () => {
  const cgroups = new MemoryCgroups(), limits = new PodLimits(cgroups, new MemoryBases());
  const held = [shareOf("hugepages-2m", 4n * MiB)];
  await limits.apply({ pod, cgroupParent, held: () => held });
  limits.forget(pod);
  cgroups.limits.clear();
  cgroups.initial = { usage: 8n * MiB, reservation: 8n * MiB };
  await limits.apply({ pod, cgroupParent, held: () => held });
  assert.equal(cgroups.usage2m(cgroupParent), 12n * MiB);
});

Deno.test("however often the driver is restarted, what a former instance added is not taken for the kubelet's", async () => {
  await fc.assert(fc.asyncProperty(base, containers, fc.array(step), async (initial, shares, steps) => {
    const cgroups = Object.assign(new MemoryCgroups(), { initial }), bases = new MemoryBases();
    const existing = new Set<number>();
    let limits = new PodLimits(cgroups, bases);
    for (const { kind, container } of steps) {
      if (kind === "place" && container < shares.length) existing.add(container);
      if (kind === "remove") existing.delete(container);
      const held = [...existing].flatMap((index) => shares[index] ?? []);
      if (kind === "restart") {
        limits = new PodLimits(cgroups, bases);
        await limits.adopt(new Set([pod]));
      }
      // Containers that started without the driver: the runtime says of none that it has its limits.
      await limits.apply({ pod, cgroupParent, held: () => held });
      for (const size of sizes) {
        const found = await cgroups.readHugetlb(cgroupParent, size);
        assert.deepEqual(found, expected(initial, held, formatPageSize(size)));
      }
    }
  }));
});

Deno.test("limits that somebody set to 0 are put right, and it is told that they were not", async () => {
  const cgroups = new MemoryCgroups(), limits = new PodLimits(cgroups, new MemoryBases());
  cgroups.initial = { usage: 8n * MiB, reservation: 8n * MiB };
  const holdings = { pod, cgroupParent, held: () => [shareOf("hugepages-2m", 4n * MiB)] };
  await limits.apply(holdings);
  assert.equal(await limits.apply(holdings), false);
  const [page2m] = sizes;
  assert.ok(page2m !== undefined);
  await cgroups.writeHugetlb(cgroupParent, page2m, { usage: 0n, reservation: 0n });
  assert.equal(await limits.apply(holdings), true);
  assert.equal(cgroups.usage2m(cgroupParent), 12n * MiB);
});

Deno.test("what a pod holds is asked when it is its turn, so that an older request does not undo a newer one", async () => {
  const cgroups = new MemoryCgroups(), limits = new PodLimits(cgroups, new MemoryBases());
  let held = [shareOf("hugepages-2m", 4n * MiB)];
  const first = limits.apply({ pod, cgroupParent, held: () => held });
  const second = limits.apply({ pod, cgroupParent, held: () => held });
  held = [shareOf("hugepages-2m", 10n * MiB)];
  await Promise.all([first, second]);
  assert.equal(cgroups.usage2m(cgroupParent), 10n * MiB);
});
