import fc from "fast-check";
import assert from "node:assert/strict";
import { shortAtMost, shortQuantity } from "../../../core/values/human_bytes.ts";
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

Deno.test("what can be had at most is short, not above it, and less by a thousandth at most", () => {
  assert.equal(shortAtMost(1768368n * 1024n), "1726Mi");
  assert.equal(shortAtMost(3585n * 2n ** 20n), "3585Mi");
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n }), (bytes) => {
    const text = shortAtMost(bytes), had = parseWholeBytes(text);
    assert.ok(had <= bytes && (bytes - had) * 1000n <= bytes && text.length <= 9, text);
  }));
});
