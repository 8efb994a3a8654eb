import assert from "node:assert/strict";
import { RefusedError } from "./allocator/allocator.ts";
import { request, TestCluster, twoNodes } from "./allocator/test_cluster.ts";

const cluster = await TestCluster.start();

Deno.test.afterAll(() => cluster.stop());

const numaNode = "resource.kubernetes.io/numaNode";

Deno.test("256Mi of 2m pages are allocated on one node", async () => {
  const node = await cluster.publish(twoNodes);
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [request("pages", "hugepages-2m", "256Mi")],
  });
  assert.deepEqual(shares, ["pages: 256Mi of hugepages-2m-numa0"]);
});

Deno.test("a request is rounded up to whole pages", async () => {
  const node = await cluster.publish(twoNodes);
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [request("pages", "hugepages-2m", "3Mi")],
  });
  assert.deepEqual(shares, ["pages: 4Mi of hugepages-2m-numa0"]);
});

Deno.test("a CEL selector pins 1Gi of memory to a NUMA node", async () => {
  const node = await cluster.publish(twoNodes);
  const onNode1 = `device.attributes["resource.kubernetes.io"].numaNode == 1`;
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [request("ram", "memory", "1Gi", onNode1)],
  });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa1"]);
});

Deno.test("matchAttribute aligns two requests on the one NUMA node that has room for both", async () => {
  const node = await cluster.publish(twoNodes);
  await cluster.allocate(node, twoNodes, { requests: [request("first", "hugepages-2m", "1Gi")] });
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [request("ram", "memory", "1Gi"), request("pages", "hugepages-2m", "256Mi")],
    constraints: [{ requests: ["ram", "pages"], matchAttribute: numaNode }],
  });
  assert.deepEqual(shares, ["ram: 1Gi of memory-numa1", "pages: 256Mi of hugepages-2m-numa1"]);
});

Deno.test("distinctAttribute spreads two requests over two NUMA nodes", async () => {
  const node = await cluster.publish(twoNodes);
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [request("a", "hugepages-2m", "256Mi"), request("b", "hugepages-2m", "256Mi")],
    constraints: [{ requests: ["a", "b"], distinctAttribute: numaNode }],
  });
  assert.deepEqual(shares, ["a: 256Mi of hugepages-2m-numa0", "b: 256Mi of hugepages-2m-numa1"]);
});

Deno.test("two requests of one claim may share a device", async () => {
  const machine = { ...twoNodes, nodes: 1 };
  const node = await cluster.publish(machine);
  const { shares } = await cluster.allocate(node, machine, {
    requests: [request("a", "hugepages-2m", "2Mi"), request("b", "hugepages-2m", "4Mi")],
  });
  assert.deepEqual(shares, ["a: 2Mi of hugepages-2m-numa0", "b: 4Mi of hugepages-2m-numa0"]);
});

Deno.test("a request with a count gets as many different devices, never one of them twice", async () => {
  const { name, exactly } = request("a", "hugepages-2m", "2Mi");
  const twice = { requests: [{ name, exactly: { ...exactly, count: 2 } }] };
  const { shares } = await cluster.allocate(await cluster.publish(twoNodes), twoNodes, twice);
  assert.deepEqual(shares, ["a: 2Mi of hugepages-2m-numa0", "a: 2Mi of hugepages-2m-numa1"]);
  const single = { ...twoNodes, nodes: 1 };
  await assert.rejects(
    async () => await cluster.allocate(await cluster.publish(single), single, twice),
    RefusedError,
  );
});

Deno.test("of a list of alternatives the first that is there is taken, under the request's own name", async () => {
  const node = await cluster.publish(twoNodes);
  const [scarce, plenty] = [request("giant", "hugepages-1g", "3Gi"), request("huge", "hugepages-2m", "1Gi")];
  const firstAvailable = [scarce, plenty].map(({ name, exactly }) => ({ name, ...exactly }));
  const { shares } = await cluster.allocate(node, twoNodes, {
    requests: [{ name: "pages", firstAvailable }],
  });
  assert.deepEqual(shares, ["pages: 1Gi of hugepages-2m-numa0"]);
});

Deno.test("claims share a device until it has nothing left", async () => {
  const machine = { ...twoNodes, nodes: 1 };
  const node = await cluster.publish(machine);
  const half = { requests: [request("half", "hugepages-2m", "512Mi")] };
  await cluster.allocate(node, machine, half);
  await cluster.allocate(node, machine, half);
  await assert.rejects(
    () => cluster.allocate(node, machine, { requests: [request("page", "hugepages-2m", "2Mi")] }),
    RefusedError,
  );
});

Deno.test("more than one NUMA node has is refused", async () => {
  const node = await cluster.publish(twoNodes);
  await assert.rejects(
    () => cluster.allocate(node, twoNodes, { requests: [request("pages", "hugepages-2m", "1026Mi")] }),
    RefusedError,
  );
});
Deno.test("what a released claim held can be given again", async () => {
  const machine = { ...twoNodes, nodes: 1 };
  const node = await cluster.publish(machine);
  const all = { requests: [request("all", "hugepages-2m", "1Gi")] };
  const { claim } = await cluster.allocate(node, machine, all);
  await cluster.release(claim);
  const { shares } = await cluster.allocate(node, machine, all);
  assert.deepEqual(shares, ["all: 1Gi of hugepages-2m-numa0"]);
});
