import assert from "node:assert/strict";
import { ClusterReader } from "../../../../adapters/operations/cluster/cluster_reader.ts";
import { readManifest } from "../../../../adapters/operations/cluster/manifest.ts";
import { manifestSubjects } from "../../../../adapters/operations/cluster/manifest_subjects.ts";
import { MemoryCluster } from "./memory_cluster.ts";

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

Deno.test("an object of no version, or of one that there is not, is told as such", () => {
  for (
    const [apiVersion, found] of [["resource.k8s.io/v2", "it is of resource.k8s.io/v2"], [
      '""',
      "it has no apiVersion",
    ]] as const
  ) {
    assert.throws(() => readManifest(claim(apiVersion, request), "team"), {
      message: `Cannot judge ResourceClaim c: ${found} (write it as resource.k8s.io/v1)`,
    });
  }
});

const template = `apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: { name: t }
spec: { spec: { devices: { requests: [{ name: r, exactly: { deviceClassName: dra.memory, capacity: { size: 1Gi } } }] } } }
`;

Deno.test("a field that a claim cannot have is told, also where a pod's template has it", async () => {
  const pod = `---
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers: [{ name: main, resources: { claims: [{ name: c }] } }]
  resourceClaims: [{ name: c, resourceClaimTemplateName: t }]
`;
  for (const text of [template, template + pod]) {
    const cluster = new MemoryCluster().addNode("node-a");
    const [found] = await manifestSubjects(readManifest(text, "default"), new ClusterReader(cluster));
    assert.deepEqual(found?.findings.map(({ code, blocks, text }) => ({ code, blocks, text })), [{
      code: "api-refuses",
      blocks: true,
      text: "t is not as the API has it: there is no field spec.devices.requests[0].exactly.capacity.size.",
    }]);
  }
});

Deno.test("every field that today's claims have is known", () => {
  const all = claim(
    "resource.k8s.io/v1",
    `{ name: r, exactly: { deviceClassName: c, selectors: [{ cel: { expression: "true" } }], allocationMode: All,
      adminAccess: true, tolerations: [{ key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 1 }],
      capacity: { requests: { size: 1Gi } } } }, { name: s, firstAvailable: [{ name: a, deviceClassName: c, count: 1 }] }`,
  ).replace(
    "requests: [",
    "config: [{ requests: [r], opaque: { driver: d, parameters: { any: thing } } }], " +
      "constraints: [{ requests: [r], matchAttribute: a/b }, { distinctAttribute: a/b }], requests: [",
  );
  assert.deepEqual(readManifest(all, "team").claims[0]?.problems, []);
});

const wrong: Record<string, readonly [requests: string, problem: string]> = {
  "a value in small letters": [
    "{ name: r, exactly: { deviceClassName: c, allocationMode: all } }",
    'spec.devices.requests[0].exactly.allocationMode is "all", and can be ExactCount or All',
  ],
  "a name that comes twice": [`${request}, ${request}`, "two requests are called r"],
  "a constraint on a request that is not there": [
    `${request}], constraints: [{ requests: [ram], matchAttribute: a/b }`,
    "a constraint names the request ram, which there is not",
  ],
  "a configuration of a request that is not there": [
    `${request}], config: [{ requests: [r, ram], opaque: { driver: dra.memory, parameters: {} } }`,
    "a configuration names the request ram, which there is not",
  ],
  "an attribute without a domain": [
    `${request}], constraints: [{ distinctAttribute: numaNode }`,
    'the attribute "numaNode" of a constraint has no domain',
  ],
};
for (const [what, [requests, problem]] of Object.entries(wrong)) {
  Deno.test(`a claim is refused before it is created: ${what}`, () => {
    const { claims } = readManifest(claim("resource.k8s.io/v1", requests), "team");
    assert.deepEqual(claims[0]?.problems, [problem]);
  });
}

Deno.test("a pod's claim that names neither a claim nor a template is told", async () => {
  const text =
    "{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: m, resources: " +
    "{ claims: [{ name: c }] } }], resourceClaims: [{ name: c, resourceClaimTemplate: t }] } }";
  const [found] = await manifestSubjects(
    readManifest(text, "default"),
    new ClusterReader(new MemoryCluster()),
  );
  assert.deepEqual(found?.findings.map(({ code, blocks }) => ({ code, blocks })), [{
    code: "claim-undeclared",
    blocks: true,
  }]);
});

const refused: Record<string, readonly [string, RegExp]> = {
  "a text": ["hello", /a document has no kind, so it is no object$/],
  "a list": ["- a\n- b", /a document has no kind, so it is no object$/],
  "no YAML": ["a: [", /^Cannot read the manifest: Flow sequence in block collection .* at line 1, column 5$/],
  "a key that comes twice": ["kind: Pod\nkind: Pod\n", /^Cannot read the manifest: Map keys must be unique/],
  "a workload without a pod": [
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n",
    /Deployment d has no template of a pod$/,
  ],
};
for (const [what, [text, message]] of Object.entries(refused)) {
  Deno.test(`${what} is no manifest, and the message says why`, () => {
    assert.throws(() => readManifest(text, "team"), { message });
  });
}
