import assert from "node:assert/strict";
import { readPodUsage } from "../../../../adapters/driver/kubernetes/pod_mapping.ts";

Deno.test("a pod without claims uses none", () => {
  assert.deepEqual(readPodUsage({ metadata: { uid: "u" }, spec: { containers: [{ name: "main" }] } }), {
    uid: "u",
    containers: [{ name: "main", claims: [] }],
    claimNames: new Map(),
  });
});

Deno.test("a claim that was not made yet has no name", () => {
  const resourceClaims = [{ name: "mem", resourceClaimTemplateName: "template" }];
  const { claimNames } = readPodUsage({ metadata: { uid: "u" }, spec: { resourceClaims } });
  assert.deepEqual(claimNames, new Map());
});

for (const pod of [undefined, {}, { metadata: { uid: "u" } }, { metadata: {}, spec: {} }]) {
  Deno.test(`${JSON.stringify(pod)} is no pod`, () => {
    assert.throws(() => readPodUsage(pod), { name: "MalformedAnswerError" });
  });
}
