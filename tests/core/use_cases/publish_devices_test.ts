import fc from "fast-check";
import assert from "node:assert/strict";
import { HealthBoard } from "../../../core/devices/health_board.ts";
import { DeviceInventory } from "../../../core/devices/inventory.ts";
import { noReservation, parseReservation } from "../../../core/devices/reservation.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import { PublishDevices } from "../../../core/use_cases/publish_devices.ts";
import type { Topology } from "../../../core/topology/topology.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { EventList } from "../fakes/event_list.ts";
import { MemorySlices } from "../fakes/memory_slices.ts";
import { SampleTopology } from "../fakes/sample_topology.ts";
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
const oneNode = topologyOf([numaNodeOf(0, GiB, [poolOf(page2m, 8n)])]);

function driver(topology: Topology, reservation = noReservation) {
  const parts = {
    topology: new SampleTopology(topology),
    slices: new MemorySlices(),
    inventory: new DeviceInventory(nodeName),
    events: new EventList(),
    reservation,
  };
  return { ...parts, publisher: new PublishDevices(parts) };
}

function manyNodes(count: number, memoryBytes = GiB): Topology {
  return topologyOf(Array.from({ length: count }, (_, id) => numaNodeOf(id, memoryBytes)));
}

Deno.test("a reservation on the Node counts in the place of what the driver was told, at once and before anything is published", async () => {
  const { publisher, slices, inventory, events } = driver(oneNode, parseReservation("0:hugepages-2Mi=2Mi"));
  const pages = () => inventory.devices.find(({ name }) => name === "hugepages-2m-numa0")?.capacityBytes;
  slices.reservation = "*:hugepages-2Mi=25%;9:memory=1Gi";
  await publisher.refresh();
  await publisher.publish();
  assert.equal(pages(), 12n * MiB);
  const published = slices.slices.flatMap(({ spec }) => spec.devices).find(({ name }) =>
    name === "hugepages-2m-numa0"
  );
  assert.equal(published?.capacity["size"]?.value, "12Mi");
  assert.deepEqual(events.list[0], {
    kind: "reservation-ignored",
    notes: ["*:hugepages-2Mi=25% keeps 4Mi on NUMA node 0, 2 pages of 2Mi"],
    ignored: ["9:memory=1Gi: this machine has no NUMA node 9"],
  });
  slices.reservation = undefined;
  await publisher.publish();
  assert.equal(pages(), 14n * MiB);
});

Deno.test("a reservation on the Node that cannot be read is told once, and what the driver was told counts", async () => {
  const { publisher, slices, inventory, events } = driver(oneNode, parseReservation("0:hugepages-2Mi=2Mi"));
  slices.reservation = "0:memory";
  await publisher.refresh();
  for (let turn = 0; turn < 2; turn++) await publisher.publish();
  assert.equal(inventory.devices.at(-1)?.capacityBytes, 14n * MiB);
  assert.deepEqual(events.list.map(({ kind }) => kind), [
    "reservation-refused",
    "slices-published",
    "slices-unchanged",
  ]);
});

Deno.test("the node's devices are published, and the inventory has them", async () => {
  const { publisher, inventory, slices, events } = driver(
    oneNode,
    parseReservation("0:hugepages-2Mi=2Mi"),
  );
  await publisher.refresh();
  await publisher.publish();
  assert.deepEqual(inventory.devices.map(({ name, capacityBytes }) => [name, capacityBytes]), [
    ["memory-numa0", GiB - 16n * MiB],
    ["hugepages-2m-numa0", 14n * MiB],
  ]);
  assert.deepEqual(slices.slices.map(({ spec }) => [spec.pool.name, spec.devices.length]), [
    ["worker-1/memory", 1],
    ["worker-1/hugepages-2m", 1],
  ]);
  assert.deepEqual(events.list, [{ kind: "slices-published", devices: 2, writes: 2 }]);
});

Deno.test("nothing is written when nothing changed", async () => {
  const { publisher, slices } = driver(manyNodes(300));
  await publisher.refresh();
  await publisher.publish();
  await publisher.refresh();
  await publisher.publish();
  assert.equal(slices.writes, 3);
});

Deno.test("slices that somebody deleted or changed are put right", async () => {
  const { publisher, slices } = driver(oneNode);
  await publisher.refresh();
  await publisher.publish();
  const [memory, pages] = slices.slices.map(({ spec }) => spec);
  assert.ok(memory !== undefined && pages !== undefined);
  slices.slices = [{ name: "x", resourceVersion: "1", spec: { ...memory, devices: [] } }];
  await publisher.publish();
  assert.deepEqual(slices.slices.map(({ spec }) => spec), [memory, pages]);
});

Deno.test("hugepages that came or went change what is published", async () => {
  const { publisher, topology, slices } = driver(oneNode);
  await publisher.refresh();
  await publisher.publish();
  topology.topology = topologyOf([numaNodeOf(0, GiB)]);
  await publisher.refresh();
  await publisher.publish();
  assert.deepEqual(
    slices.slices.map(({ spec }) => spec.devices.map(({ capacity }) => capacity.size?.value)),
    [["1Gi"]],
  );
});

Deno.test("what cannot be read is told of and not published", async () => {
  const part = { path: "node0/meminfo", reason: "denied", numaNode: numaNodeId(0), resource: memoryResource };
  const { publisher, inventory, events } = driver({ ...oneNode, unreadable: [part] });
  await publisher.refresh();
  assert.deepEqual(inventory.devices.map(({ name }) => name), ["hugepages-2m-numa0"]);
  assert.deepEqual(events.list, [{ kind: "topology-unreadable", part }]);
});

Deno.test("every node with memory is known as one, also where nothing of it can be claimed", async () => {
  const nodes = [numaNodeOf(0, GiB), numaNodeOf(1, 0n), numaNodeOf(2, undefined), numaNodeOf(3, GiB)];
  const { publisher, inventory } = driver(topologyOf(nodes), parseReservation("3:memory=1Gi"));
  await publisher.refresh();
  assert.deepEqual(inventory.memoryNodes, [0, 3]);
  assert.deepEqual(inventory.devices.map(({ name }) => name), ["memory-numa0"]);
});

/** A publisher that puts up the health of devices which a claim holds all hugepages of. */
function judged(read: () => Promise<Topology>) {
  const health = {
    board: new HealthBoard(() => 0),
    store: new ClaimList(preparedClaim(1, [allocationOf("hugepages-2m-numa0", 16n * MiB)])),
  };
  const parts = { ...driver(oneNode), health, topology: { read } };
  const problems = () =>
    health.board.current.devices.map(({ device, problem }) => [device, problem?.message]);
  return { ...parts, publisher: new PublishDevices(parts), problems };
}

Deno.test("the devices' health is put up with each look at the node", async () => {
  let topology = oneNode;
  const { publisher, problems } = judged(() => Promise.resolve(topology));
  await publisher.refresh();
  assert.deepEqual(problems(), [["memory-numa0", undefined], ["hugepages-2m-numa0", undefined]]);
  topology = topologyOf([numaNodeOf(0, GiB, [poolOf(page2m, 7n)])]);
  await publisher.refresh();
  assert.deepEqual(problems(), [
    ["memory-numa0", undefined],
    [
      "hugepages-2m-numa0",
      "hugepages-2m of NUMA node 0 shrank: claims hold 16Mi of it, and it has 14Mi for them",
    ],
  ]);
});

Deno.test("where claims count as the node's own resources, each device names the one that it is of", async () => {
  const { publisher, slices } = driver(oneNode);
  slices.supported = { taints: true, nodeAllocatable: { on: true } };
  await publisher.refresh();
  await publisher.publish();
  const mapping = { capacityKey: "size", capacityMultiplier: "1" };
  assert.deepEqual(
    slices.slices.flatMap(({ spec }) => spec.devices.map((device) => device.nodeAllocatableResources)),
    [{ memory: { mapping } }, { "hugepages-2Mi": { mapping } }],
  );
  slices.supported = { taints: true, nodeAllocatable: { on: false, why: "" } };
  await publisher.publish();
  assert.ok(slices.slices.every(({ spec }) => !("nodeAllocatableResources" in (spec.devices[0] ?? {}))));
});

Deno.test("nothing is tainted where the API server knows no taints", async () => {
  const { publisher, slices } = judged(() => Promise.resolve(topologyOf([numaNodeOf(0, GiB)])));
  slices.supported = { ...slices.supported, taints: false };
  await publisher.refresh();
  await publisher.publish();
  assert.ok(slices.slices.every(({ spec }) => spec.devices.every(({ taints }) => taints === undefined)));
});

Deno.test("a device that its claims do not fit any more is published with a taint, until they fit", async () => {
  let topology = topologyOf([numaNodeOf(0, GiB, [poolOf(page2m, 7n)])]);
  const { publisher, slices } = judged(() => Promise.resolve(topology));
  const taints = () =>
    slices.slices.flatMap(({ spec }) => spec.devices.map(({ name, taints }) => [name, taints]));
  await publisher.refresh();
  await publisher.publish();
  assert.deepEqual(taints(), [
    ["memory-numa0", undefined],
    ["hugepages-2m-numa0", [{ key: "dra.memory/unhealthy", value: "Shrank", effect: "NoSchedule" }]],
  ]);
  topology = oneNode;
  await publisher.refresh();
  await publisher.publish();
  assert.deepEqual(taints(), [["memory-numa0", undefined], ["hugepages-2m-numa0", undefined]]);
});

Deno.test("a device that claims hold stays published as it was, with a taint, while it is gone", async () => {
  let topology = oneNode;
  const { publisher, slices, inventory } = judged(() => Promise.resolve(topology));
  await publisher.refresh();
  await publisher.publish();
  topology = topologyOf([numaNodeOf(0, GiB)]);
  await publisher.refresh();
  await publisher.publish();
  const pages = slices.slices.flatMap(({ spec }) => spec.devices).find(({ name }) => name.startsWith("huge"));
  assert.equal(pages?.capacity.size?.value, "16Mi");
  assert.deepEqual(pages?.taints?.map(({ value }) => value), ["Shrank"]);
  assert.deepEqual(inventory.devices.map(({ name }) => name), ["memory-numa0"]);
});

Deno.test("no device is healthy while the node cannot be read, and the inventory stays", async () => {
  const error = new TopologyError("online", "denied");
  let failure: Error | undefined;
  const { publisher, problems, inventory } = judged(() =>
    failure === undefined ? Promise.resolve(oneNode) : Promise.reject(failure)
  );
  await publisher.refresh();
  failure = error;
  await assert.rejects(publisher.refresh(), error);
  assert.deepEqual(problems(), [["memory-numa0", error.message], ["hugepages-2m-numa0", error.message]]);
  assert.equal(inventory.devices.length, 2);
  failure = undefined;
  await publisher.refresh();
  assert.deepEqual(problems().map(([, problem]) => problem), [undefined, undefined]);
});

Deno.test("a cluster that goes away in between is an error, and the next run goes on", async () => {
  const step = fc.record({ nodes: fc.constantFrom(1, 128, 129, 300), atWrite: fc.nat(6) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      const { publisher, slices, topology } = driver(oneNode);
      for (const { nodes, atWrite } of steps) {
        topology.topology = manyNodes(nodes, BigInt(nodes) * GiB);
        slices.failure = { atWrite: slices.writes + atWrite, error: new ClusterUnavailableError("away") };
        await publisher.refresh();
        await publisher.publish().catch((error) => assert.ok(error instanceof ClusterUnavailableError));
      }
      slices.failure = undefined;
      await publisher.publish();
      const names = slices.slices.flatMap(({ spec }) => spec.devices.map((device) => device.name));
      assert.deepEqual(new Set(names).size, topology.topology.nodes.length);
      assert.equal(names.length, topology.topology.nodes.length);
    }),
    { numRuns: 40 },
  );
});

Deno.test("hugepages that changed their node are told once, and the devices follow", async () => {
  const pools = (...pages: bigint[]) =>
    topologyOf(pages.map((count, id) => numaNodeOf(id, GiB, [poolOf(page2m, count)])));
  const { publisher, topology, inventory, events } = driver(pools(8n, 0n));
  await publisher.refresh();
  topology.topology = pools(2n, 6n);
  for (let look = 0; look < 2; look++) await publisher.refresh();
  const moved = events.list.filter(({ kind }) => kind === "hugepages-moved");
  assert.deepEqual(moved, [{
    kind: "hugepages-moved",
    moved: { pageSize: page2m, from: [0], to: [1], pages: 6n },
  }]);
  assert.ok(inventory.devices.some(({ name }) => name === "hugepages-2m-numa1"));
});
