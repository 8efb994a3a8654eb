import assert from "node:assert/strict";
import { isAtLeast, parseNriVersion } from "../../../../adapters/driver/nri/nri_version.ts";

const versions: Record<string, string | undefined> = {
  "0.12.5": "0.12.5",
  "v0.12.0": "0.12.0",
  "0.12.5-rc.1": "0.12.5",
  "": undefined,
  "0.12": undefined,
  "some build": undefined,
};
for (const [text, version] of Object.entries(versions)) {
  Deno.test(`${JSON.stringify(text)} is NRI ${version}`, () =>
    assert.equal(parseNriVersion(text)?.join("."), version));
}

Deno.test("versions are compared number by number", () => {
  assert.ok(isAtLeast([0, 12, 5], [0, 12, 5]));
  assert.ok(isAtLeast([0, 12, 10], [0, 12, 9]));
  assert.ok(isAtLeast([1, 0, 0], [0, 12, 5]));
  assert.ok(!isAtLeast([0, 9, 9], [0, 12, 0]));
});
