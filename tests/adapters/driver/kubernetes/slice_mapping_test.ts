import assert from "node:assert/strict";
import { readSliceList } from "../../../../adapters/driver/kubernetes/slice_mapping.ts";
import { sliceSpec } from "./_slices.ts";

const spec = sliceSpec();
const [device] = spec.devices;

Deno.test("what was written is read as it was", () => {
  const list = readSliceList({ metadata: { resourceVersion: "9" }, items: [slice(spec)] });
  assert.deepEqual(list, {
    resourceVersion: "9",
    slices: [{ name: "a", resourceVersion: "7", spec: sliceSpec() }],
  });
});

for (
  const [what, change] of Object.entries({
    "node allocatable resources of another kind": { nodeAllocatableResources: { memory: { overhead: {} } } },
    "a binding condition": { bindingConditions: ["ready"] },
    "an attribute of another kind": { attributes: { driver: { version: "1.0.0" } } },
    "no request policy": { capacity: { size: { value: "1Gi" } } },
    "an upper bound": {
      capacity: {
        size: {
          value: "1Gi",
          requestPolicy: { default: "1Mi", validRange: { min: "1", step: "1", max: "9" } },
        },
      },
    },
    "no sharing": { allowMultipleAllocations: undefined },
  })
) {
  Deno.test(`a slice with ${what} is read without devices`, () => {
    const items = [slice({ ...spec, devices: [{ ...device, ...change }] })];
    const [read] = readSliceList({ metadata: { resourceVersion: "9" }, items }).slices;
    assert.deepEqual(read?.spec.devices, []);
    assert.deepEqual(read?.spec.pool, sliceSpec().pool);
  });
}

for (
  const [what, change] of Object.entries({
    "a taint": {
      taints: [{ key: "a", effect: "NoSchedule", timeAdded: "2026-01-01T00:00:00Z", added: "later" }],
    },
    "node allocatable resources": {
      nodeAllocatableResources: { memory: { mapping: { capacityKey: "size", capacityMultiplier: "1" } } },
    },
  })
) {
  Deno.test(`a slice with ${what} is read with it`, () => {
    const changed = { ...spec, devices: [{ ...device, ...change }] };
    const [read] = readSliceList({ metadata: { resourceVersion: "9" }, items: [slice(changed)] }).slices;
    assert.deepEqual(read?.spec, changed);
  });
}

Deno.test("what an API that is newer than the driver says of a device makes no difference", () => {
  const items = [slice({ ...spec, devices: spec.devices.map((each) => ({ ...each, addedIn: "1.99" })) })];
  assert.deepEqual(readSliceList({ metadata: { resourceVersion: "9" }, items }).slices[0]?.spec, spec);
});

for (
  const list of [undefined, {}, { metadata: {}, items: [] }, {
    metadata: { resourceVersion: "9" },
    items: [{}],
  }]
) {
  Deno.test(`${JSON.stringify(list)} is no list of slices`, () => {
    assert.throws(() => readSliceList(list), { name: "MalformedAnswerError" });
  });
}

function slice(content: unknown) {
  return { metadata: { name: "a", resourceVersion: "7" }, spec: content };
}
