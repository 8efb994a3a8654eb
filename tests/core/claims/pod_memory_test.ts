import assert from "node:assert/strict";
import fc from "fast-check";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { Containers } from "../../../core/claims/containers.ts";
import type { MemoryLimit } from "../../../core/claims/memory_limits.ts";
import type { LimitTerms } from "../../../core/claims/memory_terms.ts";
import { PodMemory } from "../../../core/claims/pod_memory.ts";
import { RaisedLimits } from "../../../core/claims/raised_limits.ts";
import { containerId } from "../../../core/values/ids.ts";
import { MemoryNode } from "../fakes/memory_node.ts";
import { allocationOf, GiB, MiB, podOf, preparedClaim } from "../samples.ts";

function instance({ cgroups, bases }: MemoryNode) {
  const claims = { holds: () => true }, containers = new Containers(claims);
  const memory = new PodMemory({ cgroups, raised: new RaisedLimits(bases), claims, containers });
  return { memory, containers };
}

function add(containers: Containers, number: number, bytes: bigint, limits: LimitTerms): void {
  const share = { ...allocationOf("memory-numa0", bytes), terms: { limits } };
  const claim: PreparedClaim = preparedClaim(number, [share], number);
  containers.add({
    id: containerId(`id-${number}`),
    name: "app",
    sandbox: { reference: podOf(number), cgroupParent: `/kubepods/pod${number}` },
    holdings: new Map([[claim, [share]]]),
    adjustment: { mems: "0", hugetlbBytes: new Map() },
    limitsPending: false,
  });
}

const all = { max: "claim", lowPercent: 50, minPercent: 25 } as const;

Deno.test("a pod may use its claims on top of its limit, and is protected up to the root, as long as its container is there", async () => {
  const place = new MemoryNode(), { memory, containers } = instance(place);
  place.files.set("/kubepods/pod1/memory.max", 128n * MiB);
  add(containers, 1, GiB, all);
  add(containers, 2, GiB, { minPercent: 100 });
  assert.deepEqual(await memory.apply(), new Set([podOf(1).uid, podOf(2).uid]));
  const applied = {
    "/kubepods/memory.low": GiB / 2n,
    "/kubepods/memory.min": GiB / 4n + GiB,
    "/kubepods/pod1/memory.low": GiB / 2n,
    "/kubepods/pod1/memory.max": GiB + 128n * MiB,
    "/kubepods/pod1/memory.min": GiB / 4n,
    "/kubepods/pod2/memory.min": GiB,
  };
  assert.deepEqual(sorted(place.files), applied);
  assert.deepEqual(await memory.apply(), new Set());
  containers.keepOnly(new Set());
  await memory.apply();
  assert.deepEqual(sorted(place.files), {
    ...Object.fromEntries(Object.keys(applied).map((key) => [key, 0n])),
    "/kubepods/pod1/memory.max": 128n * MiB,
  });
  assert.deepEqual([...place.kept.keys()], []);
});

function sorted(files: ReadonlyMap<string, MemoryLimit>) {
  return Object.fromEntries([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

Deno.test("a pod without a limit is given none", async () => {
  const place = new MemoryNode(), { memory, containers } = instance(place);
  add(containers, 1, GiB, { max: "claim" });
  assert.deepEqual(await memory.apply(), new Set());
  assert.equal(place.files.size, 0);
});

Deno.test("the next instance adds nothing twice, and a resize of the kubelet meanwhile counts", async () => {
  const place = new MemoryNode(), file = "/kubepods/pod1/memory.max";
  place.files.set(file, 100n * MiB);
  for (const resized of [undefined, 50n * MiB, 300n * MiB]) {
    if (resized !== undefined) place.files.set(file, resized);
    const { memory, containers } = instance(place);
    add(containers, 1, GiB, { max: "claim" });
    await memory.apply();
    assert.equal(place.files.get(file), GiB + (resized ?? 100n * MiB));
  }
});

Deno.test("a pod that is gone is no failure, and is forgotten", async () => {
  const place = new MemoryNode(), { memory, containers } = instance(place);
  place.files.set("/kubepods/pod1/memory.max", 100n * MiB);
  add(containers, 1, GiB, { max: "claim" });
  await memory.apply();
  place.gone = "/kubepods/pod1";
  await memory.apply();
  assert.deepEqual([...place.kept.keys()], []);
});

Deno.test("whatever comes, goes and is set anew, limits are what others set plus what the claims add", async () => {
  const step = fc.oneof(
    fc.record({
      add: fc.nat(2),
      limits: fc.constantFrom<LimitTerms>(all, { max: "claim" }, { minPercent: 50 }),
    }),
    fc.record({ remove: fc.nat(2) }),
    fc.record({ set: fc.nat(2), bytes: fc.bigInt(1n, 9n).map((count) => count * 7n * MiB) }),
    fc.constant({ restart: true }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
    const place = new MemoryNode();
    const present = new Map<number, LimitTerms>(), set = new Map<number, bigint>();
    let { memory, containers } = instance(place);
    for (const step of steps) {
      if ("add" in step) present.set(step.add, step.limits);
      else if ("remove" in step) present.delete(step.remove);
      else if ("set" in step) {
        set.set(step.set, step.bytes);
        place.files.set(`/kubepods/pod${step.set}/memory.max`, step.bytes);
      } else ({ memory, containers } = instance(place));
      containers.keepOnly(new Set());
      for (const [number, limits] of present) add(containers, number, GiB, limits);
      await memory.apply();
      for (const [number, bytes] of set) {
        const added = present.get(number)?.max === "claim" ? GiB : 0n;
        assert.equal(place.files.get(`/kubepods/pod${number}/memory.max`), bytes + added);
      }
      const min = [...present.values()].reduce(
        (sum, { minPercent = 0 }) => sum + GiB * BigInt(minPercent) / 100n,
        0n,
      );
      assert.equal(place.files.get("/kubepods/memory.min") ?? 0n, min);
    }
  }));
});
