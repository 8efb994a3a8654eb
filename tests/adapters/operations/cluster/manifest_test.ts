import assert from "node:assert/strict";
import { readManifest } from "../../../../adapters/operations/cluster/manifest.ts";

const claim = (apiVersion: string, request: string) =>
  `apiVersion: ${apiVersion}\nkind: ResourceClaim\nmetadata: { name: c }\nspec: { devices: { requests: [${request}] } }\n`;
const request = "{ name: r, exactly: { deviceClassName: dra.memory } }";

Deno.test("claims of the versions that have today's form are read", () => {
  for (const apiVersion of ["resource.k8s.io/v1", "resource.k8s.io/v1beta2"]) {
    assert.equal(readManifest(claim(apiVersion, request), "team").claims[0]?.namespace, "team");
  }
});

Deno.test("a claim of a version with another form is told as such", () => {
  const old = claim("resource.k8s.io/v1beta1", "{ name: r, deviceClassName: dra.memory }");
  assert.throws(() => readManifest(old, "team"), {
    message:
      "Cannot judge ResourceClaim c: it is of resource.k8s.io/v1beta1 (write it as resource.k8s.io/v1)",
  });
});

const refused: Record<string, readonly [string, RegExp]> = {
  "a text": ["hello", /a document has no kind, so it is no object$/],
  "a list": ["- a\n- b", /a document has no kind, so it is no object$/],
  "no YAML": ["a: [", /^Cannot read the manifest: Flow sequence in block collection/],
  "a key that comes twice": ["kind: Pod\nkind: Pod\n", /^Cannot read the manifest: Map keys must be unique/],
  "a workload without a pod": [
    "kind: Deployment\nmetadata: { name: d }\n",
    /Deployment d has no template of a pod$/,
  ],
};
for (const [what, [text, message]] of Object.entries(refused)) {
  Deno.test(`${what} is no manifest, and the message says why`, () => {
    assert.throws(() => readManifest(text, "team"), { message });
  });
}
