import fc from "fast-check";
import assert from "node:assert/strict";
import { shortQuantity } from "../../../core/values/human_bytes.ts";
import { parseWholeBytes } from "../../../core/values/quantity.ts";

Deno.test("a quantity is as short as it can be without being rounded", () => {
  assert.deepEqual(
    [0n, 512n * 2n ** 20n, 7n * 2n ** 29n, 3585n * 2n ** 20n, 1768368n * 1024n, 1000n].map(shortQuantity),
    ["0", "512Mi", "3.5Gi", "3585Mi", "1768368Ki", "1000"],
  );
});

Deno.test("any number of bytes is written so that it is read back", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (bytes) => {
    assert.equal(parseWholeBytes(shortQuantity(bytes)), bytes);
  }));
});
