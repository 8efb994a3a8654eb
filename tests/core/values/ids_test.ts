import fc from "fast-check";
import assert from "node:assert/strict";
import { claimUid, containerId, numaNodeId, podUid } from "../../../core/values/ids.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

for (const id of [0, 1, 33, 1023]) {
  Deno.test(`${id} is a NUMA node`, () => assert.equal(numaNodeId(id), id));
}

for (const id of [-1, 1024, 0.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`${id} is no NUMA node`, () => assert.throws(() => numaNodeId(id), ParseError));
}

Deno.test("every UUID is a claim's uid", () => {
  fc.assert(fc.property(fc.uuid(), (uid) => assert.equal(claimUid(uid), uid)));
});

for (
  const text of [
    "",
    "-",
    "a-",
    "-a",
    ".",
    "..",
    "../x",
    "a/b",
    "a_b",
    "a=b",
    "a b",
    "a\n",
    "a\0",
    "é",
    "a".repeat(64),
  ]
) {
  Deno.test(`${JSON.stringify(text)} is no claim's uid`, () => {
    assert.throws(() => claimUid(text), ParseError);
  });
}

Deno.test("a claim's uid is safe as a file name, a CDI device name and part of a variable's name", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."aZ0-_./=: ") }));
  fc.assert(fc.property(texts, (text) => {
    try {
      claimUid(text);
    } catch (error) {
      assert.ok(error instanceof ParseError);
      return;
    }
    assert.ok([...text].every((character) => /[A-Za-z0-9-]/.test(character)));
    assert.ok(text.length > 0 && text.length < 64 && !text.startsWith("-") && !text.endsWith("-"));
  }));
});

Deno.test("uids of pods and ids of containers are taken as they are", () => {
  assert.equal(podUid("a_b/c"), "a_b/c");
  assert.equal(containerId("a_b/c"), "a_b/c");
});
