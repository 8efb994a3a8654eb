import assert from "node:assert/strict";
import { checkKernel } from "../../../../core/operations/validate/kernel_check.ts";

const releases: Record<string, string> = {
  "6.18.44-fc-v595": "pass",
  "5.17.0": "pass",
  "10.0": "pass",
  "5.14.0-503.el9.x86_64": "warn",
  "5.7.0-rc1": "warn",
  "5.6.19": "fail",
  "4.18.0-553.el8_10.x86_64": "fail",
  "": "warn",
  "unknown": "warn",
};
for (const [release, outcome] of Object.entries(releases)) {
  Deno.test(`Linux ${JSON.stringify(release)}: ${outcome}`, () => {
    assert.equal(checkKernel(release).outcome, outcome);
  });
}

Deno.test("a version that cannot be read is a warning", () => {
  assert.equal(checkKernel(undefined).outcome, "warn");
});
