import assert from "node:assert/strict";
import { readClaim } from "../../../../adapters/driver/kubernetes/claim_mapping.ts";
import { InvalidIdError } from "../../../../core/values/ids.ts";

const metadata = { namespace: "team", name: "claim", uid: "0-1" };

Deno.test("configuration that is not opaque is left out", () => {
  const config = [{ source: "FromClass" }, { opaque: { driver: "gpu.example", parameters: { a: 1 } } }];
  const { allocation } = readClaim({ metadata, status: { allocation: { devices: { config } } } });
  assert.deepEqual(allocation, { results: [], configs: [{ driver: "gpu.example", requests: [] }] });
});

Deno.test("an allocation without devices has no results", () => {
  assert.deepEqual(readClaim({ metadata, status: { allocation: {} } }).allocation, {
    results: [],
    configs: [],
  });
});

Deno.test("a uid that cannot be used is told as such", () => {
  assert.throws(() => readClaim({ metadata: { ...metadata, uid: "../etc" } }), InvalidIdError);
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
