import assert from "node:assert/strict";
import { readClaim } from "../../../../adapters/driver/kubernetes/claim_mapping.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

const metadata = { namespace: "team", name: "claim", uid: "0-1" };

Deno.test("configuration that is not for this driver is left out, and the rest is read", () => {
  const opaque = {
    driver: "dra.memory",
    parameters: { apiVersion: "dra.memory/v1alpha1", kind: "MemoryConfig" },
  };
  const config = [
    { source: "FromClass" },
    { source: "FromClaim", opaque: { driver: "gpu.example", parameters: { a: 1 } } },
    { source: "FromClass", opaque },
    { source: "FromClaim", requests: ["pages"], opaque: { ...opaque, parameters: { a: 1 } } },
  ];
  const { allocation } = readClaim({ metadata, status: { allocation: { devices: { config } } } });
  assert.deepEqual(allocation?.configs.map(({ source, requests }) => [source, requests]), [
    ["class", []],
    ["claim", ["pages"]],
  ]);
  assert.deepEqual(allocation.configs[0]?.parameters, {});
  assert.ok("problems" in (allocation.configs[1]?.parameters ?? {}));
});

Deno.test("a claim that was made from a template has the pod's own name for it", () => {
  const annotations = { "resource.kubernetes.io/pod-claim-name": "pages", other: "x" };
  assert.equal(readClaim({ metadata: { ...metadata, annotations } }).podClaimName, "pages");
  for (const none of [undefined, {}, { "resource.kubernetes.io/pod-claim-name": "" }]) {
    assert.ok(!("podClaimName" in readClaim({ metadata: { ...metadata, annotations: none } })));
  }
});

Deno.test("an allocation without devices has no results", () => {
  assert.deepEqual(readClaim({ metadata, status: { allocation: {} } }).allocation, {
    results: [],
    configs: [],
  });
});

Deno.test("a uid that cannot be used is told as such", () => {
  assert.throws(() => readClaim({ metadata: { ...metadata, uid: "../etc" } }), ParseError);
});

for (
  const object of [
    undefined,
    "claim",
    {},
    { metadata: { name: "claim" } },
    { metadata, status: { allocation: { devices: { results: {} } } } },
    { metadata, status: { allocation: { devices: { results: [{ request: "a" }] } } } },
    { metadata, status: { reservedFor: "pod" } },
  ]
) {
  Deno.test(`${JSON.stringify(object)} is no claim`, () => {
    assert.throws(() => readClaim(object), { name: "MalformedAnswerError" });
  });
}

Deno.test("what requests and their alternatives want of a device's capacity is read by their full names", () => {
  const capacity = { requests: { size: "64Mi" } };
  const requests = [
    { name: "pages", exactly: { capacity: { requests: { "dra.memory/size": "64Mi", memory: 1 } } } },
    { name: "any", firstAvailable: [{ name: "large", capacity }, { name: "small" }] },
    { name: "plain", exactly: { deviceClassName: "a" } },
  ];
  assert.deepEqual([...readClaim({ metadata, spec: { devices: { requests } } }).wantedCapacities ?? []], [
    ["pages", ["dra.memory/size", "memory"]],
    ["any/large", ["size"]],
  ]);
  assert.equal(readClaim({ metadata }).wantedCapacities, undefined);
});
