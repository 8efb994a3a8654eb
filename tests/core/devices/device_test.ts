import fc from "fast-check";
import assert from "node:assert/strict";
import { type Device, devicesOf } from "../../../core/devices/device.ts";
import { parseReservation } from "../../../core/devices/reservation.ts";
import { noReservedMemory, reserveMemory } from "../../../core/devices/reserved_memory.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { GiB, KiB, MiB, numaNodeOf, poolOf, topologyOf } from "../samples.ts";

const page2m = parsePageSize("2m"), page1g = parsePageSize("1g");

function capacities(devices: readonly Device[]): Record<string, bigint> {
  return Object.fromEntries(devices.map(({ name, capacityBytes }) => [name, capacityBytes]));
}

Deno.test("each resource of each node is a device, memory first, named by the node's own number", () => {
  const pools = [poolOf(page2m, 10n), poolOf(page1g, 1n)];
  const devices = devicesOf(
    topologyOf([numaNodeOf(0, 4n * GiB, pools), numaNodeOf(33, 4n * GiB, pools)]),
    noReservedMemory,
  );
  assert.deepEqual(devices.map(({ name, numaNode }) => [name, numaNode]), [
    ["memory-numa0", 0],
    ["memory-numa33", 33],
    ["hugepages-2m-numa0", 0],
    ["hugepages-2m-numa33", 33],
    ["hugepages-1g-numa0", 0],
    ["hugepages-1g-numa33", 33],
  ]);
  assert.ok(devices.every(({ name }) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)));
});

Deno.test("memory is counted without the hugepages that were taken out of it", () => {
  const node = numaNodeOf(0, 4n * GiB, [poolOf(page2m, 512n), poolOf(page1g, 1n)]);
  assert.deepEqual(capacities(devicesOf(topologyOf([node]), noReservedMemory)), {
    "memory-numa0": 2n * GiB,
    "hugepages-2m-numa0": GiB,
    "hugepages-1g-numa0": GiB,
  });
});

Deno.test("surplus pages are memory and no hugepages", () => {
  const node = numaNodeOf(0, GiB, [poolOf(page2m, 12n, 2n)]);
  assert.deepEqual(capacities(devicesOf(topologyOf([node]), noReservedMemory)), {
    "memory-numa0": GiB - 20n * MiB,
    "hugepages-2m-numa0": 20n * MiB,
  });
});

Deno.test("what the operator reserved is taken away, and the rest rounded down to whole pages", () => {
  const reservation = parseReservation("0:memory=1000,hugepages-2Mi=4Mi;1:memory=9Gi");
  const nodes = [numaNodeOf(0, GiB, [poolOf(page2m, 12n)]), numaNodeOf(1, GiB)];
  assert.deepEqual(
    capacities(devicesOf(topologyOf(nodes), reserveMemory(reservation, topologyOf(nodes)).memory)),
    {
      "memory-numa0": GiB - 24n * MiB - 4n * KiB,
      "hugepages-2m-numa0": 20n * MiB,
    },
  );
});

Deno.test("a node without memory, or with less than a page to give, has no device", () => {
  const nodes = [numaNodeOf(0, 0n), numaNodeOf(1, 4095n), numaNodeOf(2, 4096n), numaNodeOf(3, undefined)];
  assert.deepEqual(capacities(devicesOf(topologyOf(nodes), noReservedMemory)), { "memory-numa2": 4096n });
});

Deno.test("memory whose share of hugepages is not known is not published", () => {
  const part = { path: "hugepages", reason: "unreadable" };
  const topology = topologyOf([numaNodeOf(0, GiB), numaNodeOf(1, GiB)], {
    hugepageSizes: [page2m],
    unreadable: [{ ...part, numaNode: numaNodeId(0), resource: memoryResource }, { ...part }],
  });
  assert.deepEqual(capacities(devicesOf(topology, noReservedMemory)), { "memory-numa1": GiB });
});

Deno.test("the devices of 64 nodes with three resources are all there, with a name of their own", () => {
  const pools = [poolOf(page2m, 1n), poolOf(page1g, 1n)];
  const nodes = Array.from({ length: 64 }, (_, index) => numaNodeOf(index * 3, 4n * GiB, pools));
  const devices = devicesOf(topologyOf(nodes), noReservedMemory);
  assert.equal(new Set(devices.map(({ name }) => name)).size, 192);
});

Deno.test("no byte of a node is given out twice", () => {
  const pool = fc.tuple(fc.bigInt(0n, 4n), fc.bigInt(0n, 4n)).map(([persistent, surplus]) =>
    [persistent + surplus, surplus] as const
  );
  const sizes = fc.subarray(["64k", "2m", "32m", "1g"].map(parsePageSize));
  const node = fc.record({ memory: fc.bigInt(0n, 8n * GiB), sizes, pools: fc.array(pool, { minLength: 4 }) });
  fc.assert(fc.property(fc.array(node, { maxLength: 4 }), (list) => {
    const nodes = list.map(({ memory, sizes, pools }, id) =>
      numaNodeOf(id, memory, sizes.map((size, index) => poolOf(size, ...(pools[index] ?? [0n, 0n]))))
    );
    const devices = devicesOf(topologyOf(nodes), noReservedMemory);
    assert.ok(
      devices.every(({ capacityBytes, pageSize }) => capacityBytes > 0n && capacityBytes % pageSize === 0n),
    );
    for (const { id, memoryBytes = 0n, hugepages } of nodes) {
      const own = devices.filter(({ numaNode }) => numaNode === id);
      const given = own.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0n);
      const hugepageBytes = hugepages.reduce((sum, p) => sum + (p.total - p.surplus) * p.pageSize, 0n);
      assert.ok(given <= memoryBytes || hugepageBytes > memoryBytes);
      assert.ok(given + 4096n > memoryBytes);
    }
  }));
});

Deno.test("what the kernel gave back of its map of hugepages, and counts as memory, is not handed out", () => {
  const before = numaNodeOf(0, GiB, [poolOf(page2m, 0n)]);
  const saved = 100n * 32n * KiB;
  const after = { ...numaNodeOf(0, GiB + saved, [poolOf(page2m, 100n)]), vmemmapBytes: saved };
  const memory = [before, after].map((node) =>
    devicesOf(topologyOf([node]), noReservedMemory)[0]?.capacityBytes
  );
  assert.deepEqual(memory, [GiB, GiB - 200n * MiB]);
});
