import assert from "node:assert/strict";
import { nodes, resourceSlices } from "../../../../adapters/simulator/api_server/resources.ts";
import type { PublishedSlice } from "../../../../core/devices/resource_slice.ts";
import { ClusterUnavailableError } from "../../../../core/ports/claim_source.ts";
import { SliceConflictError } from "../../../../core/ports/slice_repository.ts";
import { repositoryOf, sliceSpec, storedSlices } from "./_slices.ts";
import { type TestCluster, withCluster } from "./_support.ts";

Deno.test("a slice is listed as it was created", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.create(sliceSpec());
    assert.deepEqual((await repository.list()).map(({ spec }) => spec), [sliceSpec()]);
  }));

Deno.test("a slice belongs to its Node, and its name tells its place in the pool", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.create(sliceSpec("node-a/memory"));
    await repository.create(sliceSpec("node-a/hugepages-2m"));
    await repository.create(sliceSpec("node-a/hugepages-2m"));

    const { uid } = cluster.server.store.get(nodes, { name: "node-a" }).metadata;
    const metadata = storedSlices(cluster).map((slice) => slice.metadata);
    assert.deepEqual(metadata.map(({ name }) => name.slice(0, -5)), [
      "00000-dra.memory-node-a-",
      "00000-dra.memory-node-a-",
      "00001-dra.memory-node-a-",
    ]);
    for (const object of metadata) {
      assert.deepEqual(Reflect.get(object, "ownerReferences"), [
        { apiVersion: "v1", kind: "Node", name: "node-a", uid, controller: true },
      ]);
    }
  }));

Deno.test("slices created after a listing go on counting", () =>
  withCluster(async (cluster) => {
    await repositoryOf(cluster).create(sliceSpec());
    const repository = repositoryOf(cluster);
    await repository.list();
    await repository.create(sliceSpec());
    assert.match(storedSlices(cluster)[1]?.metadata.name ?? "", /^00001-/);
  }));

Deno.test("the Node is looked up once after each listing, and only to write", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.list();
    assert.equal(nodeRequests(cluster), 0);
    await repository.create(sliceSpec("node-a/memory"));
    await repository.create(sliceSpec());
    assert.equal(nodeRequests(cluster), 1);
    await repository.list();
    await repository.create(sliceSpec());
    assert.equal(nodeRequests(cluster), 2);
  }));

Deno.test("without its Node nothing is created", () =>
  withCluster(async (cluster) => {
    await assert.rejects(repositoryOf(cluster, { nodeName: "node-b" }).create(sliceSpec()), {
      name: "ClusterUnavailableError",
      message: "Cannot find the Node node-b in the cluster (its name is set by --hostname-override)",
    });
  }));

Deno.test("slices of other nodes and drivers are not listed", () =>
  withCluster(async (cluster) => {
    const { store } = cluster.server;
    store.create(resourceSlices, { metadata: { name: "a" }, spec: { ...sliceSpec(), nodeName: "node-b" } });
    store.create(resourceSlices, {
      metadata: { name: "b" },
      spec: { ...sliceSpec(), driver: "gpu.example" },
    });
    assert.deepEqual(await repositoryOf(cluster).list(), []);
  }));

Deno.test("a slice with a device that the driver does not write is listed without devices", () =>
  withCluster(async (cluster) => {
    const [device] = sliceSpec().devices;
    const devices = [{ ...device, bindingConditions: ["ready"], bindingFailureConditions: ["broken"] }];
    cluster.server.store.create(resourceSlices, {
      metadata: { name: "a" },
      spec: { ...sliceSpec(), devices },
    });
    const [slice] = await repositoryOf(cluster).list();
    assert.deepEqual(slice?.spec, { ...sliceSpec(), devices: [] });
  }));

const mapping = { capacityKey: "size", capacityMultiplier: "1" };
const countedSpec = {
  ...sliceSpec(),
  devices: sliceSpec().devices.map((device) => (
    { ...device, nodeAllocatableResources: { "hugepages-2Mi": { mapping } } }
  )),
};
const taintedSpec = {
  ...sliceSpec(),
  devices: sliceSpec().devices.map((device) => (
    { ...device, taints: [{ key: "dra.memory/unhealthy", value: "Shrank", effect: "NoSchedule" }] }
  )),
};

/** Has the Node of the cluster declare the feature by which its kubelet counts claims. */
function declareNodeAllocatable({ server }: TestCluster): void {
  const node = server.store.get(nodes, { name: "node-a" });
  const status = { declaredFeatures: ["Other", "DRANodeAllocatableResources"] };
  server.store.replace(nodes, { name: "node-a" }, { ...node, status }, true);
}

Deno.test("node allocatable resources are of no use while the Node does not declare the feature", () =>
  withCluster(async (cluster) => {
    const { nodeAllocatable, taints } = await repositoryOf(cluster).support();
    assert.ok(taints);
    assert.match(
      !nodeAllocatable.on ? nodeAllocatable.why : "",
      /^the Node does not declare the feature DRANode/,
    );
  }));

Deno.test("node allocatable resources are of use where the Node declares the feature and the server keeps them", () =>
  withCluster(async (cluster) => {
    declareNodeAllocatable(cluster);
    const repository = repositoryOf(cluster);
    await repository.create(countedSpec);
    assert.deepEqual(await repository.support(), { taints: true, nodeAllocatable: { on: true } });
    assert.deepEqual((await repository.list()).map(({ spec }) => spec), [countedSpec]);
  }, { droppedDeviceFields: [] }));

Deno.test("what the server drops is of no use, which is known from its answer on", () =>
  withCluster(async (cluster) => {
    declareNodeAllocatable(cluster);
    const repository = repositoryOf(cluster);
    await repository.create(countedSpec);
    const { nodeAllocatable, taints } = await repository.support();
    assert.ok(taints);
    assert.match(
      !nodeAllocatable.on ? nodeAllocatable.why : "",
      /^the API server drops nodeAllocatableResources/,
    );
    await repository.create(taintedSpec);
    assert.ok(!(await repository.support()).taints);
  }, { droppedDeviceFields: ["nodeAllocatableResources", "taints"] }));

Deno.test("where the server drops lists, the message says which gate is missing, or which flag to leave out", () =>
  withCluster(async (cluster) => {
    const spec = sliceSpec();
    const devices = spec.devices.map((device) => ({
      ...device,
      attributes: { ...device.attributes, "resource.kubernetes.io/numaNode": { ints: [0, 1] } },
    }));
    await assert.rejects(
      repositoryOf(cluster).create({ ...spec, devices }),
      /^ClusterUnavailableError: Cannot create ResourceSlices with resource.kubernetes.io\/numaNode as a list: the API server drops lists \(turn on the feature gate DRAListTypeAttributes/,
    );
  }));

Deno.test("what the server dropped is tried again once its watch failed, as after a restart of the server", () =>
  withCluster(async (cluster) => {
    const failed = Promise.withResolvers<unknown>();
    const repository = repositoryOf(cluster, { watchFailed: failed.resolve });
    await repository.create(taintedSpec);
    assert.ok(!(await repository.support()).taints);
    cluster.server.faults = () => ({ status: 500 });
    const stop = new AbortController();
    const watch = repository.watch(() => {}, stop.signal);
    await failed.promise;
    stop.abort();
    await watch;
    cluster.server.faults = () => undefined;
    assert.ok((await repository.support()).taints);
  }, { droppedDeviceFields: ["taints"] }));

Deno.test("the Node is not looked up again for what is of use", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.create(sliceSpec());
    for (let times = 0; times < 3; times++) {
      await repository.list();
      await repository.support();
    }
    assert.equal(nodeRequests(cluster), 1);
  }));

Deno.test("an update replaces the spec", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.update(await createdSlice(cluster), sliceSpec(undefined, 2));
    assert.deepEqual((await repository.list()).map(({ spec }) => spec.pool.generation), [2]);
  }));

Deno.test("an update that changes nothing does not change the version", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    await repository.update(await createdSlice(cluster), sliceSpec(undefined, 2));
    const slice = await createdOnly(cluster);
    await repository.update(slice, slice.spec);
    assert.equal((await createdOnly(cluster)).resourceVersion, slice.resourceVersion);
  }));

Deno.test("an update of a slice that changed or went meanwhile is a conflict", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    const slice = await createdSlice(cluster);
    await repository.update(slice, sliceSpec(undefined, 2));
    await assert.rejects(repository.update(slice, sliceSpec(undefined, 3)), SliceConflictError);
    cluster.server.store.remove(resourceSlices, slice);
    await assert.rejects(repository.update(slice, sliceSpec(undefined, 3)), SliceConflictError);
  }));

Deno.test("a slice is removed, and removing it again is no error", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    const slice = await createdSlice(cluster);
    await repository.remove(slice);
    await repository.remove(slice);
    assert.deepEqual(storedSlices(cluster), []);
  }));

Deno.test("a slice that changed meanwhile is not removed", () =>
  withCluster(async (cluster) => {
    const repository = repositoryOf(cluster);
    const slice = await createdSlice(cluster);
    await repository.update(slice, sliceSpec(undefined, 2));
    await assert.rejects(repository.remove(slice), SliceConflictError);
  }));

Deno.test("a server without consumable capacity is found out", () =>
  withCluster(async (cluster) => {
    await assert.rejects(repositoryOf(cluster).create(sliceSpec()), /feature gate DRAConsumableCapacity/);
  }, { consumableCapacity: false }));

Deno.test("a slice that the server finds invalid is told with the field", () =>
  withCluster(async (cluster) => {
    const spec = { ...sliceSpec(), pool: { ...sliceSpec().pool, resourceSliceCount: 0 } };
    await assert.rejects(
      repositoryOf(cluster).create(spec),
      /spec.pool.resourceSliceCount: must be at least 1/,
    );
  }));

for (const status of [401, 403, 429, 500]) {
  Deno.test(`status ${status} leaves the cluster unavailable`, () =>
    withCluster(async (cluster) => {
      const repository = repositoryOf(cluster);
      const slice = await createdSlice(cluster);
      cluster.server.faults = () => ({ status });
      await assert.rejects(repository.list(), ClusterUnavailableError);
      await assert.rejects(repository.create(sliceSpec()), ClusterUnavailableError);
      await assert.rejects(repository.update(slice, sliceSpec()), ClusterUnavailableError);
      await assert.rejects(repository.remove(slice), ClusterUnavailableError);
    }));
}

async function createdSlice(cluster: TestCluster): Promise<PublishedSlice> {
  await repositoryOf(cluster).create(sliceSpec());
  return await createdOnly(cluster);
}

async function createdOnly(cluster: TestCluster): Promise<PublishedSlice> {
  const [slice] = await repositoryOf(cluster).list();
  assert.ok(slice);
  return slice;
}

function nodeRequests({ server }: TestCluster): number {
  return server.requests.filter(({ path }) => path === "/api/v1/nodes/node-a").length;
}

for (const body of ["null", "[]", "0", '{"metadata":{}}', '{"items":{}}']) {
  Deno.test(`the answer ${body} is no list, and not that there are no slices`, () =>
    withCluster(async (cluster) => {
      const repository = repositoryOf(cluster);
      cluster.server.faults = () => ({ body });
      await assert.rejects(repository.list(), ClusterUnavailableError);
    }));
}
