import fc from "fast-check";
import assert from "node:assert/strict";
import { encodeEnvironment, showsClaims } from "../../../core/claims/environment.ts";
import { hasForm, hasVariableForm, mentionsVariables } from "../../../core/claims/variable_form.ts";
import { environments } from "./arbitraries.ts";

const encoder = new TextEncoder();

Deno.test("every variable that the driver writes has the form, wherever its bytes stand", () => {
  fc.assert(fc.property(environments, fc.uint8Array(), (list, around) => {
    for (const entry of list.flatMap(encodeEnvironment)) {
      const bytes = encoder.encode(entry);
      const surrounded = Uint8Array.from([...around, ...bytes, ...around]);
      assert.ok(showsClaims([entry]) && hasForm(entry));
      assert.ok(mentionsVariables(surrounded));
      assert.ok(hasVariableForm(surrounded, around.length, around.length + bytes.length));
    }
  }));
});

Deno.test("bytes without the prefix mention no variable", () => {
  for (const text of ["", "DRAMEMORY", "dramemory_", "DRAMEMORY\u0000_"]) {
    assert.ok(!mentionsVariables(encoder.encode(text)));
  }
});

Deno.test("an entry with the longest uid there is, or of the greatest length, has the form", () => {
  const start = `DRAMEMORY_${"a".repeat(63)}_memory=`;
  for (const length of [start.length, 2048]) assert.ok(hasForm(start.padEnd(length, "9")));
});

for (
  const [what, entry] of Object.entries({
    "another name": "PATH=/bin",
    "half a prefix": "DRAMEMORY",
    "no key": "DRAMEMORY_a_",
    "half a key": "DRAMEMORY_a_NUMANode",
    "another key": "DRAMEMORY_a_SERVICE_HOST=10.0.0.1",
    "a uid that is too long": `DRAMEMORY_${"a".repeat(64)}_memory=`,
    "a value that is too long": `DRAMEMORY_a_memory=${"9".repeat(2048)}`,
  })
) {
  Deno.test(`an entry with ${what} has not`, () => {
    assert.ok(!hasForm(entry));
    // Also where what is missing stands in the bytes behind it.
    const bytes = encoder.encode(`${entry}${"NUMANodes=0"}`);
    assert.ok(!hasVariableForm(bytes, 0, encoder.encode(entry).length));
  });
}
