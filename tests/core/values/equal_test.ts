import fc from "fast-check";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { equal } from "../../../core/values/equal.ts";

const scalar = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.boolean(),
  fc.integer({ min: 0, max: 3 }),
  fc.bigInt(0n, 3n),
  fc.constantFrom("", "0", "a"),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, tie("array"), tie("record")),
  array: fc.array(tie("value"), { maxLength: 3 }),
  record: fc.dictionary(fc.constantFrom("0", "1", "length", "a"), tie("value"), { noNullPrototype: true }),
}));

Deno.test("plain values are equal exactly when their contents are", () => {
  fc.assert(
    fc.property(value, value, (a, b) => assert.equal(equal(a, b), isDeepStrictEqual(a, b))),
    { numRuns: 500 },
  );
});

Deno.test("a value equals its copy", () => {
  fc.assert(fc.property(value, (a) => assert.ok(equal(a, structuredClone(a)))));
});

Deno.test("the order of keys does not count, that of an array does", () => {
  assert.ok(equal({ a: 1, b: [2] }, { b: [2], a: 1 }));
  assert.ok(!equal([1, 2], [2, 1]));
});

for (
  const [a, b] of [
    [{}, []],
    [{ 0: "a" }, ["a"]],
    [null, {}],
    [1, 1n],
    ["1", 1],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [{ toString: 1 }, {}],
  ]
) {
  Deno.test(`${Deno.inspect(a)} and ${Deno.inspect(b)} differ`, () => {
    assert.ok(!equal(a, b));
    assert.ok(!equal(b, a));
  });
}
