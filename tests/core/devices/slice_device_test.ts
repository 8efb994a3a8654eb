import fc from "fast-check";
import assert from "node:assert/strict";
import type { SliceDevice } from "../../../core/devices/resource_slice.ts";
import { sliceDevice } from "../../../core/devices/slice_device.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { pageSize, parsePageSize } from "../../../core/values/page_size.ts";
import { parseQuantity } from "../../../core/values/quantity.ts";
import { parseResourceName } from "../../../core/values/resource_name.ts";
import { deviceOf, GiB, KiB, MiB, nodeIds } from "../samples.ts";

/** What the API server says of a device with a capacity named `size` (validation of resource.k8s.io/v1). */
function complaints(device: SliceDevice): string[] {
  const { value, requestPolicy } = device.capacity.size ?? assert.fail("no capacity");
  const capacity = parseQuantity(value), standard = parseQuantity(requestPolicy.default);
  const found: string[] = [];
  const expect = (holds: boolean, rule: string) => holds || found.push(rule);
  const { validValues: texts = [], validRange: range } = requestPolicy;
  const values = texts.map(parseQuantity);
  expect(values.length === 0 || range === undefined, "one kind of policy");
  expect(values.length <= 10, "ten values");
  expect(values.every((option, i) => i === 0 || option >= (values[i - 1] ?? 0n)), "ascending");
  expect(values.every((option) => option <= capacity), "each value fits");
  expect(values.length === 0 || values.includes(standard), "default is a value");
  if (range !== undefined) {
    const min = parseQuantity(range.min), step = parseQuantity(range.step);
    expect(step > 0n, "step is positive");
    expect(min <= capacity && min <= standard, "min fits");
    expect(min + step <= capacity, "a step fits");
    expect((standard - min) % step === 0n, "default is on a step");
  }
  expect(standard <= capacity, "default fits");
  return found;
}

/** What the scheduler makes of a wish: rounded up to what the policy offers, undefined when it does not fit. */
function consumed(device: SliceDevice, wish: bigint | undefined): bigint | undefined {
  const { value, requestPolicy: policy } = device.capacity.size ?? assert.fail("no capacity");
  if (wish === undefined) return parseQuantity(policy.default);
  const fitting = policy.validValues?.map(parseQuantity).find((option) => option >= wish);
  if (policy.validRange === undefined) return fitting;
  const min = parseQuantity(policy.validRange.min), step = parseQuantity(policy.validRange.step);
  const rounded = wish <= min ? min : min + (wish - min + step - 1n) / step * step;
  return rounded <= parseQuantity(value) ? rounded : undefined;
}

const page = fc.integer({ min: 12, max: 34 }).map((bits) => pageSize(1n << BigInt(bits)));
const count = fc.oneof(fc.bigInt(1n, 4n), fc.bigInt(1n, 1n << 24n));
const device = fc.tuple(page, count, fc.boolean()).map(([size, pages, isMemory]) => ({
  ...deviceOf("memory-numa0", size * pages),
  ...(isMemory ? {} : { resource: parseResourceName("hugepages-2m") }),
  pageSize: size,
}));

Deno.test("the API server accepts the request policy of every page size and number of pages", () => {
  fc.assert(fc.property(device, (d) => assert.deepEqual(complaints(sliceDevice(d)), [])), { numRuns: 500 });
});

Deno.test("whatever the scheduler rounds a wish to is a positive number of whole pages", () => {
  fc.assert(fc.property(device, fc.option(fc.bigInt(0n, 1n << 40n), { nil: undefined }), (d, wish) => {
    const bytes = consumed(sliceDevice(d), wish);
    const isTooMuch = wish !== undefined && wish > d.capacityBytes;
    if (bytes === undefined) assert.ok(isTooMuch);
    else assert.ok(!isTooMuch && bytes > 0n && bytes % d.pageSize === 0n && bytes >= (wish ?? 0n));
  }));
});

for (
  const [name, capacity, expected] of [
    ["memory-numa0", GiB, { default: "1Mi", validRange: { min: "4Ki", step: "4Ki" } }],
    ["memory-numa0", 8n * KiB, { default: "8Ki", validRange: { min: "4Ki", step: "4Ki" } }],
    ["memory-numa0", 4n * KiB, { default: "4Ki", validValues: ["4Ki"] }],
    ["hugepages-2m-numa0", 512n * MiB, { default: "2Mi", validRange: { min: "2Mi", step: "2Mi" } }],
    ["hugepages-1g-numa0", 2n * GiB, { default: "1Gi", validRange: { min: "1Gi", step: "1Gi" } }],
    ["hugepages-1g-numa0", GiB, { default: "1Gi", validValues: ["1Gi"] }],
  ] as const
) {
  Deno.test(`${name} of ${capacity} bytes is asked for in whole pages`, () => {
    assert.deepEqual(sliceDevice(deviceOf(name, capacity)).capacity.size?.requestPolicy, expected);
  });
}

Deno.test("a device tells its page, its NUMA node, and the latter under the names of its neighbors", () => {
  assert.deepEqual(sliceDevice(deviceOf("hugepages-2m-numa33", 3n * GiB)), {
    name: "hugepages-2m-numa33",
    attributes: {
      "resource.kubernetes.io/numaNode": { int: 33 },
      "resource.kubernetes.io/pageSize": { string: "2m" },
      "resource.kubernetes.io/hugeTLB": { bool: true },
      "dra.memory/kind": { string: "dram" },
      "dra.memory/movableOnly": { bool: false },
      "dra.cpu/numaNode": { int: 33 },
      "dra.cpu/numaNodeID": { int: 33 },
      "dra.net/numaNode": { int: 33 },
    },
    capacity: {
      size: { value: "3Gi", requestPolicy: { default: "2Mi", validRange: { min: "2Mi", step: "2Mi" } } },
    },
    allowMultipleAllocations: true,
  });
});

Deno.test("memory in base pages is no hugepages", () => {
  const { attributes } = sliceDevice({ ...deviceOf("memory-numa0", GiB), pageSize: parsePageSize("64k") });
  assert.deepEqual(attributes["resource.kubernetes.io/hugeTLB"], { bool: false });
  assert.deepEqual(attributes["resource.kubernetes.io/pageSize"], { string: "64k" });
});

Deno.test("a device tells its tier, its speed and the nearest CPUs, as far as they are known", () => {
  const device = {
    ...deviceOf("memory-numa2", GiB),
    tier: 1,
    speed: { readBandwidthMebibytes: 26624, readLatencyNanoseconds: 240 },
    nearestNodesWithCpus: nodeIds(0, 1, 3),
  };
  const known = Object.entries(sliceDevice(device).attributes).filter(([name]) =>
    name.startsWith("dra.memory/")
  );
  assert.deepEqual(Object.fromEntries(known), {
    "dra.memory/kind": { string: "dram" },
    "dra.memory/movableOnly": { bool: false },
    "dra.memory/tier": { int: 1 },
    "dra.memory/readBandwidthMebibytes": { int: 26624 },
    "dra.memory/readLatencyNanoseconds": { int: 240 },
    "dra.memory/nearestNodesWithCPUs": { string: "0-1,3" },
  });
});

Deno.test("the NUMA node is a list where that is asked for, of the node alone where it has no neighbor", () => {
  const lone = deviceOf("memory-numa2", GiB), beside = { ...lone, nodesOfSocket: nodeIds(2, 0, 3) };
  const listed = [lone, beside].map((device) => sliceDevice(device, "list").attributes);
  assert.deepEqual(listed.map((attributes) => attributes["resource.kubernetes.io/numaNode"]), [
    { ints: [2] },
    { ints: [2, 0, 3] },
  ]);
  assert.deepEqual(listed.map((attributes) => attributes["dra.cpu/numaNode"]), [{ int: 2 }, { int: 2 }]);
  assert.deepEqual(sliceDevice(beside).attributes["resource.kubernetes.io/numaNode"], { int: 2 });
});

Deno.test("a list of nodes that is too long for an attribute is left out", () => {
  const even = Array.from({ length: 40 }, (_, index) => numaNodeId(index * 2));
  const { attributes } = sliceDevice({ ...deviceOf("memory-numa2", GiB), nearestNodesWithCpus: even });
  assert.equal(attributes["dra.memory/nearestNodesWithCPUs"], undefined);
});

Deno.test("names of attributes are what the API takes, and there is room for all of them", () => {
  const speed = {
    readBandwidthMebibytes: 1,
    writeBandwidthMebibytes: 1,
    readLatencyNanoseconds: 1,
    writeLatencyNanoseconds: 1,
  };
  const names = Object.keys(
    sliceDevice({ ...deviceOf("memory-numa2", GiB), tier: 0, speed, nearestNodesWithCpus: nodeIds(0) })
      .attributes,
  );
  assert.equal(names.length, 14);
  assert.ok(names.every((name) => /^[a-z.]{1,63}\/[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name)), names.join(" "));
});
