import assert from "node:assert/strict";
import { cycloneDx } from "../../../tasks/sbom/cyclone_dx.ts";

const bill = cycloneDx({
  version: "1.2.3",
  deno: "2.9.4",
  packages: [{ name: "@grpc/grpc-js", version: "1.14.7", sha512: "ff" }],
});

Deno.test("a package is named as package URLs name it, with its digest", () => {
  const [, library] = bill.components;
  assert.deepEqual(library, {
    type: "library",
    "bom-ref": "pkg:npm/%40grpc/grpc-js@1.14.7",
    name: "@grpc/grpc-js",
    version: "1.14.7",
    hashes: [{ alg: "SHA-512", content: "ff" }],
    purl: "pkg:npm/%40grpc/grpc-js@1.14.7",
  });
});

Deno.test("the program depends on everything that is listed, Deno's runtime too", () => {
  const [{ ref, dependsOn } = { ref: "", dependsOn: [] }] = bill.dependencies;
  assert.equal(ref, bill.metadata.component["bom-ref"]);
  assert.deepEqual(dependsOn, bill.components.map((component) => component["bom-ref"]));
  assert.equal(dependsOn[0], "pkg:github/denoland/deno@v2.9.4");
});
