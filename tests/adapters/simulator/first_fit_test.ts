import assert from "node:assert/strict";
import { firstFit, UnschedulableError } from "../../../adapters/simulator/scheduler/first_fit.ts";
import { matches, SelectorError } from "../../../adapters/simulator/scheduler/selector.ts";
import type { Device } from "../../../core/devices/device.ts";
import { deviceClasses } from "../../../core/devices/device_class.ts";
import { poolsOf, slicesOf } from "../../../core/devices/pool.ts";
import { sliceDevice } from "../../../core/devices/slice_device.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { topologyOf } from "../../core/samples.ts";

const devices = [
  device("memory", 0, "4k", "1Gi"),
  device("hugepages-2m", 0, "2m", "64Mi"),
  device("hugepages-2m", 1, "2m", "64Mi"),
  device("hugepages-1g", 1, "1g", "1Gi"),
];
const slices = poolsOf("node-a", devices).flatMap((pool) => slicesOf("node-a", pool, 1));
const hugepages = 'device.attributes["resource.kubernetes.io"].pageSize == "2m"';

Deno.test("the first device with enough left is taken, and what is given counts", () => {
  const [first] = firstFit([request({ size: "48Mi" })], slices, []);
  assert.equal(first?.device, "hugepages-2m-numa0");
  const [second] = firstFit([request({ size: "48Mi" })], slices, [share(first)]);
  assert.equal(second?.device, "hugepages-2m-numa1");
  assert.throws(
    () => firstFit([request({ size: "48Mi" })], slices, [share(first), share(second)]),
    UnschedulableError,
  );
});

Deno.test("a request's count is that many shares of different devices", () => {
  assert.throws(() => firstFit([{ ...request({ size: "2Mi" }), count: 3 }], slices, []), UnschedulableError);
  const shares = firstFit([{ ...request({ size: "2Mi" }), count: 2 }], slices, []);
  assert.deepEqual(shares.map((given) => given.device), ["hugepages-2m-numa0", "hugepages-2m-numa1"]);
});

const amounts = { "1": "2Mi", "3Mi": "4Mi", "64Mi": "64Mi" };
for (const [asked, given] of Object.entries(amounts)) {
  Deno.test(`${asked} of 2m pages become ${given}`, () => {
    assert.deepEqual(firstFit([request({ size: asked })], slices, [])[0]?.consumedCapacity, { size: given });
  });
}

Deno.test("what asks for nothing gets the default, and a pool of one page gives that page", () => {
  const memory = 'device.attributes["resource.kubernetes.io"].hugeTLB == false';
  const oneGig = 'device.attributes["resource.kubernetes.io"].pageSize == "1g"';
  const sizes = [memory, oneGig].map((selector) =>
    firstFit([{ ...request({}), selectors: [selector] }], slices, [])[0]?.consumedCapacity["size"]
  );
  assert.deepEqual(sizes, ["1Mi", "1Gi"]);
});

Deno.test("a capacity that no device has, and an incomplete pool, fit nothing", () => {
  assert.throws(() => firstFit([request({ cores: "1" })], slices, []), UnschedulableError);
  const incomplete = slices.map((slice) => ({ ...slice, pool: { ...slice.pool, resourceSliceCount: 2 } }));
  assert.throws(() => firstFit([request({})], incomplete, []), UnschedulableError);
});

Deno.test("each device matches exactly the class of its resource", () => {
  const topology = {
    pageSize: parsePageSize("4k"),
    hugepageSizes: [parsePageSize("2m"), parsePageSize("1g")],
    nodes: [],
    reservedHugepages: new Map(),
    offlineNodes: [],
    machineMemoryBytes: 0n,
    unreadable: [],
    assumed: [],
  };
  for (const candidate of devices) {
    const classes = deviceClasses(topology).filter(({ spec }) =>
      spec.selectors.every(({ cel }) => matches(cel.expression, "dra.memory", sliceDevice(candidate)))
    );
    assert.deepEqual(classes.map(({ metadata }) => metadata.name), [`dra.${candidate.resource}`]);
  }
});

Deno.test("memory that no CPU is beside is in none of the shipped classes, and in one that asks for its kind", () => {
  const machine = topologyOf([], { hugepageSizes: [parsePageSize("2m")] });
  for (const candidate of [device("memory", 1, "4k", "1Gi"), device("hugepages-2m", 1, "2m", "64Mi")]) {
    const published = sliceDevice({ ...candidate, kind: "cpuless" });
    const selects = (expression: string) => matches(expression, "dra.memory", published);
    const shipped = deviceClasses(machine).flatMap(({ spec }) => spec.selectors);
    assert.ok(shipped.every(({ cel }) => !selects(cel.expression)));
    assert.ok(selects('device.attributes["dra.memory"].kind == "cpuless"'));
  }
});

Deno.test("what a driver published that did not tell the kind yet stays in its class", () => {
  const { attributes: { "dra.memory/kind": _, ...former }, ...published } = sliceDevice(
    device("memory", 0, "4k", "1Gi"),
  );
  const [memory] = deviceClasses(topologyOf([])).flatMap(({ spec }) => spec.selectors);
  assert.ok(matches(memory?.cel.expression ?? "", "dra.memory", { ...published, attributes: former }));
});

Deno.test("an expression beyond the understood ones is an error", () => {
  assert.throws(
    () =>
      matches("device.attributes.size() > 1", "dra.memory", sliceDevice(device("memory", 0, "4k", "1Gi"))),
    SelectorError,
  );
});

function device(resource: string, node: number, page: string, capacity: string): Device {
  return {
    name: `${resource}-numa${node}`,
    resource: parseResourceName(resource),
    numaNode: numaNodeId(node),
    kind: "dram",
    movableOnly: false,
    pageSize: parsePageSize(page),
    capacityBytes: parseQuantity(capacity),
  };
}

function request(capacity: Record<string, string>) {
  return { name: "main", selectors: [hugepages], count: 1, capacity };
}

function share<T>(given: T | undefined): T {
  assert.ok(given !== undefined);
  return given;
}
