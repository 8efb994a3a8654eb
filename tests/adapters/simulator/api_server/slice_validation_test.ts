import assert from "node:assert/strict";
import fc from "fast-check";
import { validateSlice } from "../../../../adapters/simulator/api_server/slice_validation.ts";
import { sliceDevice } from "../../../../core/devices/slice_device.ts";
import { deviceOf } from "../../../core/samples.ts";

const device = {
  name: "memory-numa0",
  attributes: { "resource.kubernetes.io/numaNode": { int: 0 } },
  capacity: {
    size: { value: "1Gi", requestPolicy: { default: "1Mi", validRange: { min: "4Ki", step: "4Ki" } } },
  },
  allowMultipleAllocations: true,
};
const spec = {
  driver: "dra.memory",
  nodeName: "node-a",
  pool: { name: "node-a/memory", generation: 0, resourceSliceCount: 1 },
  devices: [device],
};

Deno.test("a slice as it should be is taken", () => {
  assert.deepEqual(problems(spec), []);
});

Deno.test("every device that the driver makes is taken", () => {
  const names = fc.constantFrom(
    "memory-numa0",
    "hugepages-64k-numa1",
    "hugepages-2m-numa33",
    "hugepages-1g-numa0",
  );
  fc.assert(fc.property(names, fc.bigInt({ min: 1n, max: 2n ** 30n }), (name, pages) => {
    const made = sliceDevice(deviceOf(name, pages * deviceOf(name, 0n).pageSize));
    assert.deepEqual(problems({ ...spec, devices: [made] }), []);
  }));
});

for (
  const [field, changes] of Object.entries({
    "spec.driver": { driver: "Dra_Memory" },
    "spec.pool.name": { pool: { ...spec.pool, name: "node-a//memory" } },
    "spec.pool.generation": { pool: { ...spec.pool, generation: -1 } },
    "spec.pool.resourceSliceCount": { pool: { ...spec.pool, resourceSliceCount: 0 } },
    "spec.nodeName": { nodeName: "-" },
    "spec.devices": {
      devices: Array.from({ length: 129 }, (_, index) => ({ ...device, name: `memory-numa${index}` })),
    },
    "spec.devices[1].name": { devices: [device, device] },
  })
) {
  Deno.test(`${field} is checked`, () => {
    assert.deepEqual(problems({ ...spec, ...changes }), [field]);
  });
}

for (
  const [what, changes] of Object.entries({
    "no reach": { nodeName: undefined },
    "two reaches": { allNodes: true },
    "devices and counters": { sharedCounters: [{}] },
  })
) {
  Deno.test(`a slice with ${what} is refused`, () => {
    const { nodeName, ...rest } = { ...spec, ...changes };
    assert.deepEqual(problems(nodeName === undefined ? rest : { nodeName, ...rest }), ["spec"]);
  });
}

Deno.test("a slice with taints has room for fewer devices", () => {
  const devices = Array.from({ length: 65 }, (_, index) => ({ ...device, name: `d${index}`, taints: [{}] }));
  assert.deepEqual(problems({ ...spec, devices }), ["spec.devices"]);
});

for (
  const [field, changes] of [
    ["name", { name: "Memory" }],
    ["attributes[numa-node]", { attributes: { "numa-node": { int: 0 } } }],
    ["attributes[a]", { attributes: { a: {} } }],
    ["attributes[a]", { attributes: { a: { int: 0, bool: true } } }],
    ["attributes[a].int", { attributes: { a: { int: 0.5 } } }],
    ["attributes[a].string", { attributes: { a: { string: "x".repeat(65) } } }],
    ["attributes[a].version", { attributes: { a: { version: "1" } } }],
    ["capacity[a/b/c]", { capacity: { "a/b/c": { value: "1" } } }],
    ["capacity[a]", { capacity: { a: { value: "much" } } }],
    ["capacity[size].requestPolicy", { allowMultipleAllocations: false }],
    ["", {
      attributes: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`a${index}`, { int: 0 }])),
    }],
  ] as const
) {
  Deno.test(`a device with ${JSON.stringify(changes).slice(0, 60)} is refused`, () => {
    const at = field === "" ? "spec.devices[0]" : `spec.devices[0].${field}`;
    assert.deepEqual(problems({ ...spec, devices: [{ ...device, ...changes }] }), [at]);
  });
}

for (
  const [field, requestPolicy] of [
    ["", { default: "1Mi", validValues: ["1Mi"], validRange: { min: "1Mi" } }],
    [".default", { validValues: ["1Mi"] }],
    [".default", { default: "2Mi", validValues: ["1Mi"] }],
    [".validValues", { default: "1Mi", validValues: ["2Mi", "1Mi"] }],
    [".validValues", { default: "1Mi", validValues: ["1Mi", "2Gi"] }],
    [".default", { default: "1Mi", validRange: { min: "2Mi" } }],
    [".default", { default: "3Mi", validRange: { min: "2Mi", step: "2Mi" } }],
    [".validRange", { default: "1Mi", validRange: { min: "1Mi", max: "2Gi" } }],
    [".validRange.max", { default: "1Mi", validRange: { min: "1Mi", max: "4Mi", step: "2Mi" } }],
    [".validRange.step", { default: "1Mi", validRange: { min: "1Mi", step: "0" } }],
    [".validRange.step", { default: "1Mi", validRange: { min: "1Mi", step: "1Gi" } }],
  ] as const
) {
  Deno.test(`a request policy of ${JSON.stringify(requestPolicy)} is refused`, () => {
    const capacity = { size: { value: "1Gi", requestPolicy } };
    assert.deepEqual(problems({ ...spec, devices: [{ ...device, capacity }] }), [
      `spec.devices[0].capacity[size].requestPolicy${field}`,
    ]);
  });
}

for (
  const [field, changes] of Object.entries({
    "spec.driver": { driver: "other.example" },
    "spec.pool.name": { pool: { ...spec.pool, name: "node-b/memory" } },
    "spec.nodeName": { nodeName: "node-b" },
  })
) {
  Deno.test(`${field} cannot be changed`, () => {
    const identity = { name: "a", uid: "u", creationTimestamp: "", resourceVersion: "1" };
    const former = { apiVersion: "resource.k8s.io/v1", kind: "ResourceSlice", metadata: identity, spec };
    const found = validateSlice({ metadata: {}, spec: { ...spec, ...changes } }, former);
    assert.deepEqual(found, [{ field, message: "field is immutable" }]);
  });
}

Deno.test("a slice that is none cannot be read", () => {
  assert.throws(() => problems({ ...spec, devices: {} }), { name: "StatusError", code: 400 });
});

function problems(content: unknown): string[] {
  return validateSlice({ metadata: {}, spec: content }, undefined).map(({ field }) => field);
}
