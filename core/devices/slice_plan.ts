import { equal } from "../values/equal.ts";
import type { PublishedSlice, ResourceSliceSpec } from "./resource_slice.ts";
import { type Pool, slicesOf } from "./pool.ts";
import { keepTaints } from "./taints.ts";

/** One step towards the wanted slices. */
export type SliceStep =
  | { readonly kind: "remove"; readonly slice: PublishedSlice }
  | { readonly kind: "update"; readonly slice: PublishedSlice; readonly spec: ResourceSliceSpec }
  | { readonly kind: "create"; readonly spec: ResourceSliceSpec };

/**
 * The steps that turn the published slices of a node into those of the wanted pools; none when nothing differs.
 *
 * Consumers of a pool use its highest generation, and only once all its slices are there. So a pool of a single
 * slice is updated in place, and any other change moves the whole pool to the next generation. Removals come
 * last: what is left over of older generations is not looked at any more by then, whereas a removal that came
 * first could make such a leftover look complete and current.
 */
export function planSlices(
  nodeName: string,
  pools: readonly Pool[],
  published: readonly PublishedSlice[],
): SliceStep[] {
  const wanted = new Set(pools.map(({ name }) => name));
  const foreign = published.filter(({ spec }) => !wanted.has(spec.pool.name));
  const steps = pools.flatMap((pool) =>
    planPool(nodeName, pool, published.filter(({ spec }) => spec.pool.name === pool.name))
  );
  const order = { update: 0, create: 1, remove: 2 };
  return [...foreign.map(remove), ...steps].sort((a, b) => order[a.kind] - order[b.kind]);
}

function planPool(nodeName: string, pool: Pool, published: readonly PublishedSlice[]): SliceStep[] {
  const wanted = keepTaints(pool, published.flatMap(({ spec }) => spec.devices));
  const generation = published.reduce((highest, { spec }) => Math.max(highest, spec.pool.generation), 0);
  const current = slicesOf(nodeName, wanted, generation);
  if (sameContent(current, published)) return [];

  const inPlace = published.length === 1 && current.length === 1;
  const specs = inPlace ? current : slicesOf(nodeName, wanted, generation + 1);
  return [
    ...published.slice(specs.length).map(remove),
    ...specs.map((spec, index): SliceStep => {
      const slice = published[index];
      return slice === undefined ? { kind: "create", spec } : { kind: "update", slice, spec };
    }),
  ];
}

/** Whether the published slices are the given ones, in whichever order. */
function sameContent(specs: readonly ResourceSliceSpec[], published: readonly PublishedSlice[]): boolean {
  return specs.length === published.length &&
    specs.every((spec) => published.some((slice) => equal(slice.spec, spec)));
}

function remove(slice: PublishedSlice): SliceStep {
  return { kind: "remove", slice };
}
