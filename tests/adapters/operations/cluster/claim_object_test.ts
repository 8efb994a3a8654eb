import assert from "node:assert/strict";
import { readClaim } from "../../../../adapters/operations/cluster/claim_object.ts";
import { ClusterObjectError } from "../../../../adapters/operations/cluster/object_error.ts";

function asking(exactly: Record<string, unknown>) {
  const request = { name: "r", exactly: { deviceClassName: "dra.memory", ...exactly } };
  return readClaim({ metadata: { name: "c" }, spec: { devices: { requests: [request] } } });
}

function amountOf(size: unknown): string | undefined {
  return asking({ capacity: { requests: { size } } }).spec.requests[0]?.alternatives[0]?.capacity["size"];
}

Deno.test("an amount is any quantity, and in a file a number as well", () => {
  for (const size of ["64Mi", "0", "-1", "100m", "99E"]) assert.equal(amountOf(size), size);
  assert.equal(amountOf(4096), "4096");
});

const refused: Record<string, readonly [Record<string, unknown>, RegExp]> = {
  "an amount that is none": [
    { capacity: { requests: { size: "12QQ" } } },
    /^Cannot read a ResourceClaim: spec\.devices\.requests\[0\]\.exactly\.capacity\.requests\.size: an amount as in 64Mi/,
  ],
  "an empty amount": [
    { capacity: { requests: { size: "" } } },
    /requests\.size: an amount as in 64Mi is wanted$/,
  ],
  "less than one device": [
    { count: 0 },
    /spec\.devices\.requests\[0\]\.exactly\.count: a whole number of 1 or more is wanted$/,
  ],
  "part of a device": [
    { count: 1.5 },
    /spec\.devices\.requests\[0\]\.exactly\.count: a whole number of 1 or more is wanted$/,
  ],
};
for (const [what, [exactly, message]] of Object.entries(refused)) {
  Deno.test(`a claim that asks for ${what} is not read, and the message says where that is`, () => {
    assert.throws(() => asking(exactly), (error) => {
      return error instanceof ClusterObjectError && message.test(error.message);
    });
  });
}
