import assert from "node:assert/strict";
import { parseRuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import type { FoundRuntimeFacts } from "../../../../core/operations/ports/node_facts.ts";
import { checkPolicies } from "../../../../core/operations/validate/policy_check.ts";

const runtime = (
  version: string | undefined,
  policiesSince: [number, number] | undefined = [2, 3],
): FoundRuntimeFacts => ({
  kind: "found",
  name: "containerd",
  program: "containerd",
  oldest: [1, 7],
  ociRuntimes: ["runc"],
  ...(policiesSince === undefined ? {} : { policiesSince }),
  version: version === undefined ? undefined : parseRuntimeVersion(version),
  settings: { kind: "unknown", reason: "" },
  setup: "",
  restart: "",
});
const able = { name: "runc", hasPolicies: true };

for (
  const [what, facts, text] of [
    [
      "everything is there",
      ["6.12.0", runtime("2.4.2"), able],
      /^bind, preferred, preferredMany, interleave, weightedInterleave$/,
    ],
    [
      "the kernel is old",
      ["6.1.0", runtime("2.4.2"), able],
      /interleave; not weightedInterleave: Linux 6\.1\.0 is too old$/,
    ],
    ["the runtime is old", ["6.12.0", runtime("2.2.9"), able], /^bind alone: .*containerd 2\.2\.9 has not$/],
    [
      "its version is not known",
      ["6.12.0", runtime(undefined), able],
      /^bind; cannot tell whether containerd has NRI 0\.12/,
    ],
    [
      "the runtime's build has an older NRI",
      ["6.12.0", runtime("Version: 2.4.0\n  github.com/containerd/nri v0.9.1 h1:a=\n"), able],
      /^bind alone: the others take NRI 0\.12, which containerd 2\.4\.0 has not$/,
    ],
    [
      "the runtime's build has a newer NRI",
      ["6.12.0", runtime("Version: 1.39.0\n  github.com/containerd/nri v0.12.3 h1:a=\n"), able],
      /^bind, preferred, preferredMany, interleave, weightedInterleave$/,
    ],
    [
      "there is no runtime",
      ["6.12.0", { kind: "none" }, undefined],
      /^bind; which others depends on the runtime$/,
    ],
    [
      "the OCI runtime cannot be asked",
      ["6.12.0", runtime("2.3.0"), undefined],
      /; cannot tell whether the OCI runtime has them$/,
    ],
  ] as [string, Parameters<typeof checkPolicies>, RegExp][]
) {
  Deno.test(`a node is fit, and says which policies it has, where ${what}`, () => {
    const { outcome, message } = checkPolicies(...facts);
    assert.equal(outcome, "pass");
    assert.match(message, text);
  });
}

Deno.test("an OCI runtime that leaves policies out without a word is warned of", () => {
  const { outcome, message } = checkPolicies("6.12.0", runtime("2.4.2"), {
    name: "runc",
    hasPolicies: false,
  });
  assert.equal(outcome, "warn");
  assert.match(message, /^runc leaves memory policies out: containers would start without/);
});
