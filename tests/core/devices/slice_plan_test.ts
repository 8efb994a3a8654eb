import fc from "fast-check";
import assert from "node:assert/strict";
import { type Pool, slicesOf } from "../../../core/devices/pool.ts";
import type { PublishedSlice, ResourceSliceSpec, SliceDevice } from "../../../core/devices/resource_slice.ts";
import { sliceDevice } from "../../../core/devices/slice_device.ts";
import { planSlices, type SliceStep } from "../../../core/devices/slice_plan.ts";
import { deviceOf, GiB, nodeName } from "../samples.ts";

const [poolA, poolB] = ["worker-1/memory", "worker-1/hugepages-2m"];

/** Two versions of many devices: those of the second are larger. */
const versions = [1n, 2n].map((factor) =>
  Array.from({ length: 300 }, (_, node) => sliceDevice(deviceOf(`memory-numa${node}`, factor * GiB)))
);

function poolWith(name: string, devices: number, version = 0): Pool {
  return { name, devices: (versions[version] ?? []).slice(0, devices) };
}

function published(name: string, spec: ResourceSliceSpec): PublishedSlice {
  return { name, resourceVersion: "1", spec };
}

function apply(store: readonly PublishedSlice[], step: SliceStep, name: string): PublishedSlice[] {
  if (step.kind === "create") return [...store, published(name, step.spec)];
  assert.ok(store.includes(step.slice), "the step is about a slice that is not there");
  return step.kind === "remove"
    ? store.filter((slice) => slice !== step.slice)
    : store.map((slice) => slice === step.slice ? published(slice.name, step.spec) : slice);
}

/** Every state of the store from before the first step until after the last. */
function states(
  start: readonly PublishedSlice[],
  steps: readonly SliceStep[],
): (readonly PublishedSlice[])[] {
  const all: (readonly PublishedSlice[])[] = [start];
  steps.forEach((step, index) => all.push(apply(all.at(-1) ?? [], step, `new-${index}`)));
  return all;
}

/** What a scheduler sees of a pool: the devices of its highest generation if that is complete. */
function seen(store: readonly PublishedSlice[], pool: string): string | undefined {
  const own = store.map(({ spec }) => spec).filter((spec) => spec.pool.name === pool);
  const newest = Math.max(...own.map((spec) => spec.pool.generation));
  const slices = own.filter((spec) => spec.pool.generation === newest);
  const isComplete = slices.every((spec) => spec.pool.resourceSliceCount === slices.length);
  return slices.length > 0 && isComplete ? view(slices.flatMap((spec) => spec.devices)) : undefined;
}

function view(devices: readonly SliceDevice[]): string {
  return devices.map(short).sort().join();
}

/** How much of a pool there is, in which version. */
const extent = fc.record({
  devices: fc.constantFrom(0, 1, 2, 127, 128, 129, 256, 257, 300),
  version: fc.nat(1),
});
/** Pools by the extents of the two; those without devices do not exist. */
const extents = fc.tuple(extent, extent);

type Value<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Extent = Value<typeof extent>;

function poolsOfExtents([a, b]: [Extent, Extent]): Pool[] {
  const pools = [poolWith(poolA, a.devices, a.version), poolWith(poolB, b.devices, b.version)];
  return pools.filter(({ devices }) => devices.length > 0);
}

/** Slices as anyone can have left them behind: one of those that once published some extent. */
const leftovers = fc.array(
  fc.record({
    pool: fc.constantFrom(poolA, poolB),
    extent,
    generation: fc.integer({ min: 1, max: 3 }),
    index: fc.nat(2),
  }),
  { maxLength: 6 },
);

function storeOf(list: Value<typeof leftovers>): PublishedSlice[] {
  return list.flatMap(({ pool, extent: { devices, version }, generation, index }, number) => {
    const spec = slicesOf(nodeName, poolWith(pool, devices, version), generation)[index];
    return spec === undefined ? [] : [published(`old-${number}`, spec)];
  });
}

Deno.test("the steps lead from whatever is published to exactly the wanted slices, and no step is left", () => {
  fc.assert(fc.property(extents, leftovers, (wanted, list) => {
    const pools = poolsOfExtents(wanted), store = storeOf(list);
    const end = states(store, planSlices(nodeName, pools, store)).at(-1) ?? [];
    const expected = pools.flatMap((pool) => {
      const generation = end.find(({ spec }) => spec.pool.name === pool.name)?.spec.pool.generation ?? NaN;
      return slicesOf(nodeName, pool, generation);
    });
    assert.equal(inSomeOrder(end.map(({ spec }) => spec)), inSomeOrder(expected));
    assert.deepEqual(planSlices(nodeName, pools, end), []);
  }));
});

function inSomeOrder(specs: readonly ResourceSliceSpec[]): string {
  return specs.map((spec) => JSON.stringify([spec.pool, spec.devices.map(short)])).sort().join("\n");
}

function short({ name, capacity }: SliceDevice): string {
  return `${name}=${capacity.size?.value}`;
}

Deno.test("whatever is published, no step shows a scheduler a complete pool with other devices", () => {
  fc.assert(fc.property(extents, leftovers, (wanted, list) => {
    const pools = poolsOfExtents(wanted), store = storeOf(list);
    for (const pool of pools) {
      const allowed = [undefined, seen(store, pool.name), view(pool.devices)];
      for (const state of states(store, planSlices(nodeName, pools, store))) {
        assert.ok(allowed.includes(seen(state, pool.name)));
      }
    }
  }));
});

Deno.test("after a crash at any step the next run goes on without showing what nobody wants", () => {
  fc.assert(fc.property(fc.array(fc.tuple(extents, fc.nat(6)), { minLength: 2, maxLength: 5 }), (runs) => {
    let store: readonly PublishedSlice[] = [];
    let shown: string | undefined;
    for (const [wanted, stop] of runs) {
      const pools = poolsOfExtents(wanted);
      const after = pools.filter(({ name }) => name === poolA).map(({ devices }) => view(devices));
      for (const state of states(store, planSlices(nodeName, pools, store)).slice(0, stop + 1)) {
        const now = seen(state, poolA);
        assert.ok([undefined, shown, ...after].includes(now));
        shown = now;
        store = state;
      }
    }
  }));
});

Deno.test("a pool of one slice is updated in place, and the others left alone", () => {
  const store = [poolWith(poolA, 2), poolWith(poolB, 2)].flatMap((pool, index) =>
    slicesOf(nodeName, pool, 5).map((spec) => published(`s${index}`, spec))
  );
  const [step, ...more] = planSlices(nodeName, [poolWith(poolA, 3), poolWith(poolB, 2)], store);
  assert.deepEqual(more, []);
  assert.ok(step?.kind === "update" && step.slice === store[0]);
  assert.deepEqual(step.spec.pool, { name: poolA, generation: 5, resourceSliceCount: 1 });
});

Deno.test("what is published already, in whichever order, is left alone", () => {
  const store = slicesOf(nodeName, poolWith(poolA, 300), 3).map((spec, index) =>
    published(`s${index}`, spec)
  );
  assert.deepEqual(planSlices(nodeName, [poolWith(poolA, 300)], store.toReversed()), []);
});

Deno.test("a pool of which one slice is not as wanted moves to the next generation as a whole", () => {
  const store = slicesOf(nodeName, poolWith(poolA, 200), 3).map((spec, index) =>
    published(`s${index}`, spec)
  );
  const end = states(store, planSlices(nodeName, [poolWith(poolA, 201)], store)).at(-1) ?? [];
  assert.deepEqual(end.map(({ spec }) => [spec.pool.generation, spec.devices.length]), [[4, 128], [4, 73]]);
});

Deno.test("a pool that grows beyond a slice moves to the next generation as a whole", () => {
  const store = slicesOf(nodeName, poolWith(poolA, 128), 3).map((spec) => published("s", spec));
  const end = states(store, planSlices(nodeName, [poolWith(poolA, 129)], store)).at(-1) ?? [];
  assert.deepEqual(end.map(({ spec }) => [spec.pool.generation, spec.devices.length]), [[4, 128], [4, 1]]);
});

Deno.test("slices of pools that the node has no more are removed", () => {
  const store = slicesOf(nodeName, poolWith(poolB, 200), 1).map((spec, index) =>
    published(`s${index}`, spec)
  );
  assert.deepEqual(planSlices(nodeName, [], store).map(({ kind }) => kind), ["remove", "remove"]);
});

Deno.test("the first generation is 1", () => {
  const steps = planSlices(nodeName, [poolWith(poolA, 129)], []);
  assert.deepEqual(steps.map((step) => step.kind === "create" && step.spec.pool.generation), [1, 1]);
});
