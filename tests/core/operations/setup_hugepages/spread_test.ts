import fc from "fast-check";
import assert from "node:assert/strict";
import { spread } from "../../../../core/operations/setup_hugepages/spread.ts";
import { nodeIds } from "../../samples.ts";

Deno.test("what cannot be divided goes to the lowest nodes", () => {
  assert.deepEqual([...spread(11n, nodeIds(33, 0, 2, 72))], [[0, 3n], [2, 3n], [33, 3n], [72, 2n]]);
  assert.deepEqual([...spread(1n, nodeIds(0, 1))], [[0, 1n], [1, 0n]]);
  assert.deepEqual([...spread(0n, nodeIds(0, 1))], [[0, 0n], [1, 0n]]);
});

Deno.test("every page goes somewhere, and no node has two more than another or more than a lower one", () => {
  const nodes = fc.uniqueArray(fc.nat(1023), { minLength: 1, maxLength: 64 });
  fc.assert(fc.property(fc.bigInt(0n, 1n << 40n), nodes, (count, ids) => {
    const counts = [...spread(count, nodeIds(...ids)).values()];
    assert.equal(counts.reduce((sum, each) => sum + each, 0n), count);
    assert(counts.every((each, index) => index === 0 || each <= (counts[index - 1] ?? 0n)));
    assert((counts[0] ?? 0n) - (counts.at(-1) ?? 0n) <= 1n);
  }));
});
