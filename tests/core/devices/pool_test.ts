import assert from "node:assert/strict";
import { poolName, poolsOf, slicesOf } from "../../../core/devices/pool.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { deviceOf, GiB, nodeName } from "../samples.ts";

Deno.test("a pool is named after its node and resource", () => {
  assert.equal(poolName("worker-1.example.org", memoryResource), "worker-1.example.org/memory");
});

Deno.test("the devices of a resource are one pool, whatever their node", () => {
  const names = ["memory-numa0", "memory-numa33", "hugepages-2m-numa0", "hugepages-2m-numa33"];
  const pools = poolsOf(nodeName, names.map((name) => deviceOf(name, GiB)));
  assert.deepEqual(pools.map(({ name, devices }) => [name, devices.map((device) => device.name)]), [
    ["worker-1/memory", ["memory-numa0", "memory-numa33"]],
    ["worker-1/hugepages-2m", ["hugepages-2m-numa0", "hugepages-2m-numa33"]],
  ]);
});

Deno.test("a node without devices has no pools", () => assert.deepEqual(poolsOf(nodeName, []), []));

for (const [devices, sizes] of [[1, [1]], [128, [128]], [129, [128, 1]], [300, [128, 128, 44]]] as const) {
  Deno.test(`a pool of ${devices} devices is published in slices of ${sizes}`, () => {
    const list = Array.from({ length: devices }, (_, node) => deviceOf(`memory-numa${node}`, GiB));
    const slices = poolsOf(nodeName, list).flatMap((pool) => slicesOf(nodeName, pool, 7));
    assert.deepEqual(slices.map((slice) => slice.devices.length), sizes);
    assert.deepEqual(
      slices.flatMap((slice) => slice.devices.map(({ name }) => name)),
      list.map(({ name }) => name),
    );
    for (const slice of slices) {
      assert.deepEqual(
        [slice.driver, slice.nodeName, slice.pool],
        ["dra.memory", nodeName, {
          name: "worker-1/memory",
          generation: 7,
          resourceSliceCount: sizes.length,
        }],
      );
    }
  });
}

Deno.test("with the NUMA node as a list there is room for half as many devices in a slice", () => {
  const list = Array.from({ length: 65 }, (_, node) => deviceOf(`memory-numa${node}`, GiB));
  const [pool] = poolsOf(nodeName, list, { numaNodeForm: "list" });
  assert.ok(pool);
  assert.deepEqual(slicesOf(nodeName, pool, 1).map(({ devices }) => devices.length), [64, 1]);
});

Deno.test("64 nodes with three resources make three pools of one slice", () => {
  const devices = ["memory", "hugepages-2m", "hugepages-1g"].flatMap((resource) =>
    Array.from({ length: 64 }, (_, node) => deviceOf(`${resource}-numa${node}`, 4n * GiB))
  );
  const pools = poolsOf(nodeName, devices);
  assert.deepEqual(pools.map((pool) => slicesOf(nodeName, pool, 1).length), [1, 1, 1]);
});
