import fc from "fast-check";
import assert from "node:assert/strict";
import type { PreparedClaim } from "../../../core/claims/claim.ts";
import { type Device, devicesOf } from "../../../core/devices/device.ts";
import { type DeviceHealth, healthOf } from "../../../core/devices/health.ts";
import { parseReservation } from "../../../core/devices/reservation.ts";
import { noReservedMemory, reserveMemory } from "../../../core/devices/reserved_memory.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import { hugepagesResource, memoryResource } from "../../../core/values/resource_name.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import {
  allocationOf,
  GiB,
  MiB,
  nodeName,
  numaNodeOf,
  poolOf,
  preparedClaim,
  topologyOf,
} from "../samples.ts";

const page2m = parsePageSize("2m");
const node0 = numaNodeOf(0, GiB), node1 = numaNodeOf(1, GiB, [poolOf(page2m, 8n)]);
const both = topologyOf([node0, node1]);
const pages = preparedClaim(1, [allocationOf("hugepages-2m-numa1", 8n * MiB)]);

function judge(
  topology: Topology,
  claims: readonly PreparedClaim[] = [],
  before: readonly DeviceHealth[] = [],
  devices: readonly Device[] = devicesOf(topology, noReservedMemory),
): DeviceHealth[] {
  return healthOf({ nodeName, reading: { topology, devices }, claims, before });
}

function problems(list: readonly DeviceHealth[]): Record<string, string | undefined> {
  return Object.fromEntries(list.map(({ device, problem }) => [device, problem?.message]));
}

Deno.test("every published device is healthy as long as it has what its claims hold", () => {
  const more = preparedClaim(2, [allocationOf("hugepages-2m-numa1", 8n * MiB)]);
  assert.deepEqual(
    judge(both, [pages, more]),
    [
      { device: "memory-numa0", pool: "worker-1/memory", resource: memoryResource, numaNode: 0 },
      { device: "memory-numa1", pool: "worker-1/memory", resource: memoryResource, numaNode: 1 },
      {
        device: "hugepages-2m-numa1",
        pool: "worker-1/hugepages-2m",
        resource: hugepagesResource(page2m),
        numaNode: 1,
      },
    ].map((device) => ({ ...device, problem: undefined })),
  );
});

Deno.test("a device whose node went offline is unhealthy, whether or not a claim holds it", () => {
  const found = judge(topologyOf([node0]), [pages], judge(both));
  assert.deepEqual(problems(found), {
    "memory-numa0": undefined,
    "memory-numa1": "NUMA node 1 is offline",
    "hugepages-2m-numa1": "NUMA node 1 is offline",
  });
  assert.deepEqual(judge(topologyOf([node0]), [], found), found);
  assert.deepEqual(judge(both, [], found), judge(both));
});

Deno.test("a claim makes a device known that was gone when the driver started", () => {
  assert.deepEqual(judge(topologyOf([node0]), [pages]).at(-1), {
    device: "hugepages-2m-numa1",
    pool: "worker-1/hugepages-2m",
    resource: hugepagesResource(page2m),
    numaNode: 1,
    problem: { reason: "Offline", message: "NUMA node 1 is offline" },
  });
});

Deno.test("a pool with less than its claims hold is unhealthy until they fit again", () => {
  const claims = [pages, preparedClaim(2, [allocationOf("hugepages-2m-numa1", 4n * MiB)])];
  const shrunk = topologyOf([numaNodeOf(1, GiB, [poolOf(page2m, 6n, 1n)])]);
  const found = judge(shrunk, claims);
  assert.deepEqual(
    problems(found)["hugepages-2m-numa1"],
    "hugepages-2m of NUMA node 1 shrank: claims hold 12Mi of it, and it has 10Mi for them",
  );
  assert.deepEqual(problems(judge(shrunk, [pages], found))["hugepages-2m-numa1"], undefined);
});

Deno.test("what is reserved does not count as there", () => {
  const devices = devicesOf(both, reserveMemory(parseReservation("1:hugepages-2Mi=10Mi"), both).memory);
  assert.match(problems(judge(both, [pages], [], devices))["hugepages-2m-numa1"] ?? "", /has 6Mi for them/);
});

Deno.test("a pool that was emptied is unhealthy while a claim holds some of it, and then leaves the list", () => {
  const emptied = topologyOf([node0, numaNodeOf(1, GiB)]);
  const found = judge(emptied, [pages], judge(both));
  assert.match(problems(found)["hugepages-2m-numa1"] ?? "", /claims hold 8Mi of it, and it has 0 for them/);
  assert.deepEqual(Object.keys(problems(judge(emptied, [], found))), ["memory-numa0", "memory-numa1"]);
});

Deno.test("a device that cannot be read any more is unhealthy, with the files and the reasons", () => {
  const part = { numaNode: numaNodeId(1), resource: memoryResource };
  const unreadable = [
    { ...part, path: "node1/meminfo", reason: "permission denied" },
    { ...part, path: "node1/hugepages", reason: "input/output error" },
    { path: "node1/cpulist", reason: "permission denied", numaNode: numaNodeId(1) },
  ];
  const topology = topologyOf([node0, numaNodeOf(1, undefined, node1.hugepages)], { unreadable });
  assert.deepEqual(problems(judge(topology, [], judge(both))), {
    "memory-numa0": undefined,
    "hugepages-2m-numa1": undefined,
    "memory-numa1": "Cannot read memory of NUMA node 1: " +
      "node1/meminfo: permission denied; node1/hugepages: input/output error",
  });
});

Deno.test("memory with pages that its hardware has corrupted is unhealthy until they are gone; hugepages shrink instead", () => {
  const poisoned = topologyOf([node0, { ...node1, poisonedPages: 3n }]);
  assert.deepEqual(problems(judge(poisoned)), {
    "memory-numa0": undefined,
    "memory-numa1": "NUMA node 1 has 3 pages that its hardware has corrupted",
    "hugepages-2m-numa1": undefined,
  });
  assert.equal(judge(poisoned).find(({ device }) => device === "memory-numa1")?.problem?.reason, "Poisoned");
});

Deno.test("no device is healthy when the topology cannot be read at all", () => {
  const reading = new TopologyError("/sys/devices/system/node/online", "denied");
  const before = judge(topologyOf([node0]));
  assert.deepEqual(problems(healthOf({ nodeName, reading, claims: [pages], before })), {
    "memory-numa0": reading.message,
    "hugepages-2m-numa1": reading.message,
  });
});

Deno.test("a problem is never longer than the kubelet takes, and whole characters", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 3000 }), (reason) => {
    const reading = new TopologyError("p", reason.repeat(2));
    const [found] = healthOf({ nodeName, reading, claims: [pages], before: [] });
    const bytes = new TextEncoder().encode(found?.problem?.message);
    assert.ok(bytes.length <= 1024);
    assert.ok(reading.message.startsWith(found?.problem?.message ?? "?"));
    assert.ok(bytes.length > 1020 || found?.problem?.message === reading.message);
    assert.doesNotThrow(() => encodeURI(found?.problem?.message ?? "\ud800"));
  }));
});

Deno.test("the same evidence gives the same list, whatever was before", () => {
  const node = fc.integer({ min: 0, max: 3 });
  const machine = fc.uniqueArray(node, { minLength: 1 }).map((ids) =>
    topologyOf(ids.sort().map((id) => numaNodeOf(id, GiB, [poolOf(page2m, BigInt(id * 2))])))
  );
  const claim = fc.tuple(fc.constantFrom("memory", "hugepages-2m"), node, fc.bigInt(1n, 9n)).map(
    ([resource, id, size]) => preparedClaim(1, [allocationOf(`${resource}-numa${id}`, size * MiB)]),
  );
  fc.assert(fc.property(fc.array(machine, { minLength: 1 }), fc.array(claim), (machines, claims) => {
    let list: DeviceHealth[] = [];
    for (const topology of machines) {
      list = judge(topology, claims, list);
      assert.deepEqual(judge(topology, claims, list), list);
      const names = list.map(({ device }) => device);
      assert.equal(new Set(names).size, names.length);
      for (const { allocations } of claims) {
        for (const { device } of allocations) assert.ok(names.includes(device));
      }
      for (const { name } of devicesOf(topology, noReservedMemory)) assert.ok(names.includes(name));
    }
  }));
});
