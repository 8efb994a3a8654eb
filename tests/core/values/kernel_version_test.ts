import assert from "node:assert/strict";
import { isKernelAtLeast } from "../../../core/values/kernel_version.ts";

for (
  const [release, expected] of [
    ["7.3.0", true],
    ["7.10.1-cloud", true],
    ["8.0", true],
    ["7.2.9", false],
    ["6.12.41+deb13-amd64", false],
    ["linux", undefined],
    [undefined, undefined],
  ] as const
) {
  Deno.test(`${release} is 7.3 or newer: ${expected}`, () =>
    assert.equal(isKernelAtLeast(release, 7, 3), expected));
}
