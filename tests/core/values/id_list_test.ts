import fc from "fast-check";
import assert from "node:assert/strict";
import { formatIdList, parseIdList } from "../../../core/values/id_list.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

for (
  const [text, ids] of Object.entries({
    "": [],
    "\n": [],
    "0": [0],
    "0-3,8,10-11\n": [0, 1, 2, 3, 8, 10, 11],
    "0,1,2,33,72": [0, 1, 2, 33, 72],
    "65535": [65535],
    "7-7": [7],
  })
) {
  Deno.test(`the list ${JSON.stringify(text)} is [${ids}]`, () => assert.deepEqual(parseIdList(text), ids));
}

for (
  const text of [",", "0,", "1-", "-1", "3-1", "0--1", "a", "0x1", "1 2", "0, 1", "1.5", "65536", "0-99999"]
) {
  Deno.test(`${JSON.stringify(text)} is no list`, () => assert.throws(() => parseIdList(text), ParseError));
}

for (const text of ["1,0", "0-3,3", "0-65535,0-65535"]) {
  Deno.test(`${text} is no list of the kernel, which writes in ascending order`, () => {
    assert.throws(() => parseIdList(text), ParseError);
  });
}

Deno.test("numbers are printed ascending, once each, neighbors as a range", () => {
  assert.equal(formatIdList([33, 1, 0, 1]), "0-1,33");
  assert.equal(formatIdList([]), "");
  assert.equal(formatIdList([10, 9, 2]), "2,9-10");
});

Deno.test("what was printed is read as the same set of numbers", () => {
  const ids = fc.array(fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.integer({ min: 0, max: 40 })));
  fc.assert(fc.property(ids, (list) => {
    assert.deepEqual(parseIdList(formatIdList(list)), [...new Set(list)].sort((a, b) => a - b));
  }));
});

Deno.test("any text is a list or an ParseError", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0129-, \n") }));
  fc.assert(fc.property(texts, (text) => {
    try {
      const ids = parseIdList(text);
      assert.equal(formatIdList(ids), formatIdList(ids.toReversed()));
    } catch (error) {
      assert.ok(error instanceof ParseError);
    }
  }));
});
