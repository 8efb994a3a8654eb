import assert from "node:assert/strict";
import * as v from "valibot";
import configuration from "../../deno.json" with { type: "json" };
import { compilerArguments } from "../workload/compile.ts";
import { readObjects, yamlFiles } from "./manifests.ts";

const podSpec = v.object({
  containers: v.array(v.object({
    image: v.string(),
    args: v.array(v.string()),
    resources: v.object({ requests: v.record(v.string(), v.string()) }),
  })),
});
const withPod = v.union([
  v.object({ kind: v.literal("Pod"), spec: podSpec }),
  v.pipe(
    v.object({
      kind: v.picklist(["Deployment", "StatefulSet"]),
      spec: v.object({ template: v.object({ spec: podSpec }) }),
    }),
    v.transform(({ kind, spec }) => ({ kind, spec: spec.template.spec })),
  ),
]);

for (const [name, text] of await yamlFiles(new URL("../../deploy/examples/", import.meta.url))) {
  Deno.test(`${name} has an image that the project makes, and is not BestEffort`, () => {
    const specs = readObjects(text).filter(({ kind }) => !/^(ResourceClaimTemplate|Service)$/.test(kind))
      .map((object) => v.parse(withPod, object).spec);
    assert.equal(specs.length, 1);
    for (const { image, resources: { requests } } of specs.flatMap(({ containers }) => containers)) {
      assert.equal(image, `dramemory-workload:${configuration.version}`);
      assert.ok("cpu" in requests && "memory" in requests);
    }
  });
}

Deno.test("the workload's Containerfile compiles as the archive's task does, for an image of the same name", async () => {
  const text = await Deno.readTextFile(new URL("../workload/Containerfile", import.meta.url));
  const args = compilerArguments("/workload").map((argument) => argument.replace(/^.*\/(?=\w+\.c$)/, ""));
  assert.ok(text.includes(`RUN gcc ${args.join(" ")}\n`));
  assert.ok(text.includes(`--tag dramemory-workload:${configuration.version} `));
});
