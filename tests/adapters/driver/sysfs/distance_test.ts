import fc from "fast-check";
import assert from "node:assert/strict";
import { parseDistances } from "../../../../adapters/driver/sysfs/distance.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { assertOnlyContentErrors, mixed } from "./support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

const online = [0, 1, 33].map(numaNodeId);

Deno.test("the columns belong to the online nodes, not to the numbers from 0", () => {
  assert.deepEqual([...parseDistances("10 20 40\n", online)], [[0, 10], [1, 20], [33, 40]]);
});

Deno.test("a wrong number of columns is refused with both numbers", () => {
  assert.throws(
    () => parseDistances("10 20\n", online),
    new ParseError('expected 3 distances, found "10 20"'),
  );
});

for (
  const text of ["", "\n", "10 x 40\n", "10 -20 40\n", "10 20 40 40\n", "10\t20\t40\n", "10 20 400000\n"]
) {
  Deno.test(`${JSON.stringify(text)} does not tell the distances to three nodes`, () => {
    assert.throws(() => parseDistances(text, online), ParseError);
  });
}

Deno.test("every row of distances is read as it was printed", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1023), { minLength: 1 }), fc.infiniteStream(fc.nat(255)), (ids, s) => {
      const nodes = ids.toSorted((a, b) => a - b).map(numaNodeId);
      const distances = [...s.take(nodes.length)];
      const read = parseDistances(`${distances.join(" ")}\n`, nodes);
      assert.deepEqual([...read.keys()], nodes);
      assert.deepEqual([...read.values()], distances);
    }),
  );
});

Deno.test("any text is a row of distances or a ParseError", () => {
  assertOnlyContentErrors(mixed(" ", "10", "\n"), (text) => parseDistances(text, online));
});
