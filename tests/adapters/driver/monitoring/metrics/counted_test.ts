import assert from "node:assert/strict";
import { CountedClaimSource } from "../../../../../adapters/driver/monitoring/metrics/counted_claim_source.ts";
import { CountedPodSource } from "../../../../../adapters/driver/monitoring/metrics/counted_pod_source.ts";
import { CountedSliceRepository } from "../../../../../adapters/driver/monitoring/metrics/counted_slice_repository.ts";
import type { PublishedSlice } from "../../../../../core/devices/resource_slice.ts";
import { driverName } from "../../../../../core/values/driver.ts";
import { ClusterUnavailableError } from "../../../../../core/ports/claim_source.ts";
import { SliceConflictError, type SliceRepository } from "../../../../../core/ports/slice_repository.ts";
import { allocatedClaim, nodeName } from "../../../../core/samples.ts";
import { newMetrics } from "./metrics.ts";
import { nonZero, valueOf } from "./_parse.ts";

const pool = { name: `${nodeName}/memory`, generation: 1, resourceSliceCount: 1 };
const spec = { driver: driverName, nodeName, pool, devices: [] };
const slice: PublishedSlice = { name: "slice-1", resourceVersion: "1", spec };

Deno.test("each write of a slice counts by its kind, what is only read does not", async () => {
  const { metrics } = newMetrics();
  const slices = new CountedSliceRepository(repository(() => Promise.resolve()), metrics);
  await slices.create(spec);
  await slices.update(slice, spec);
  await slices.remove(slice);
  await slices.remove(slice);
  assert.deepEqual(await slices.list(), [slice]);
  const writes = (kind: string) => valueOf(metrics.render(), `dramemory_slice_writes_total{kind="${kind}"}`);
  assert.deepEqual(["create", "update", "delete"].map(writes), [1, 1, 2]);
});

Deno.test("a write that fails counts as an error of the API and not as a write, and fails on", async () => {
  const { metrics } = newMetrics();
  const before = nonZero(metrics.render());
  const conflict = new CountedSliceRepository(
    repository(() => Promise.reject(new SliceConflictError())),
    metrics,
  );
  await assert.rejects(conflict.update(slice, spec), SliceConflictError);
  const away = new CountedSliceRepository(
    repository(() => Promise.reject(new ClusterUnavailableError())),
    metrics,
  );
  await assert.rejects(away.create(spec), ClusterUnavailableError);
  await assert.rejects(away.list(), ClusterUnavailableError);
  assert.deepEqual(nonZero(metrics.render()), {
    ...before,
    'dramemory_api_errors_total{operation="update_slice",problem="conflict"}': 1,
    'dramemory_api_errors_total{operation="create_slice",problem="unavailable"}': 1,
    'dramemory_api_errors_total{operation="list_slices",problem="unavailable"}': 1,
  });
});

Deno.test("a watch is passed on with what it is given", async () => {
  const given: unknown[] = [];
  const inner: SliceRepository = {
    ...repository(() => Promise.resolve()),
    watch: (...all) => {
      given.push(...all);
      return Promise.resolve();
    },
  };
  const onChange = () => {};
  const { signal } = new AbortController();
  await new CountedSliceRepository(inner, newMetrics().metrics).watch(onChange, signal);
  assert.deepEqual(given, [onChange, signal]);
});

Deno.test("a claim that is found or gone is no error, one that cannot be asked for is", async () => {
  const { metrics } = newMetrics();
  const found = allocatedClaim(1, []);
  const answers = [
    () => Promise.resolve(found),
    () => Promise.resolve(undefined),
    () => Promise.reject(new ClusterUnavailableError()),
  ];
  const source = new CountedClaimSource(
    { claim: () => answers.shift()?.() ?? Promise.reject(new Error()) },
    metrics,
  );
  const errors = () =>
    valueOf(
      metrics.render(),
      'dramemory_api_errors_total{operation="get_claim",problem="unavailable"}',
    );
  assert.equal(await source.claim("default", "claim-1"), found);
  assert.equal(await source.claim("default", "claim-1"), undefined);
  assert.equal(errors(), 0);
  await assert.rejects(source.claim("default", "claim-1"), ClusterUnavailableError);
  assert.equal(errors(), 1);
});

Deno.test("a pod that cannot be asked for is an error of the API", async () => {
  const { metrics } = newMetrics();
  const source = new CountedPodSource(
    { pod: () => Promise.reject(new ClusterUnavailableError()) },
    metrics,
  );
  await assert.rejects(source.pod("default", "pod-1"), ClusterUnavailableError);
  const errors = 'dramemory_api_errors_total{operation="get_pod",problem="unavailable"}';
  assert.equal(valueOf(metrics.render(), errors), 1);
});

/** A repository of one slice, all of whose requests end like the given one. */
function repository(request: () => Promise<void>): SliceRepository {
  return {
    list: () => request().then(() => [slice]),
    support: () => Promise.resolve({ taints: true, nodeAllocatable: { on: true } }),
    nodeReservation: () => Promise.resolve(undefined),
    create: request,
    update: request,
    remove: request,
    watch: () => Promise.resolve(),
  };
}
