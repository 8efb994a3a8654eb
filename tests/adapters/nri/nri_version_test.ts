import assert from "node:assert/strict";
import { isAtLeast, nriVersionOf } from "../../../adapters/nri/nri_version.ts";

const known: [runtime: string, version: string, says: string, nri: string | undefined][] = [
  ["containerd", "v2.3.0", "0.12.5", "0.12.5"],
  ["containerd", "2.3.1", "", "0.12.0"],
  ["containerd", "v2.2.1", "", "0.11.0"],
  ["containerd", "2.2.0", "", "0.10.0"],
  ["containerd", "2.1.4", "", "0.8.0"],
  ["containerd", "v1.7.27", "", "0.8.0"],
  ["containerd", "1.7.6", "", "0.3.0"],
  ["containerd", "1.6.9", "", undefined],
  ["containerd", "some build", "", undefined],
  ["cri-o", "1.35.0", "", undefined],
  ["cri-o", "1.35.0", "v0.12.0", "0.12.0"],
];
for (const [runtimeName, runtimeVersion, nriVersion, nri] of known) {
  Deno.test(`${runtimeName} ${runtimeVersion} that says ${JSON.stringify(nriVersion)} has NRI ${nri}`, () => {
    assert.equal(nriVersionOf({ runtimeName, runtimeVersion, nriVersion })?.join("."), nri);
  });
}

Deno.test("versions are compared number by number", () => {
  assert.ok(isAtLeast([0, 12, 5], [0, 12, 5]));
  assert.ok(isAtLeast([0, 12, 10], [0, 12, 9]));
  assert.ok(isAtLeast([1, 0, 0], [0, 12, 5]));
  assert.ok(!isAtLeast([0, 9, 9], [0, 12, 0]));
});
