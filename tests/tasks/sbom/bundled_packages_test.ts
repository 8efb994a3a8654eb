import assert from "node:assert/strict";
import { bundledPackages, UnlockedPackageError } from "../../../tasks/sbom/bundled_packages.ts";

const lock = {
  version: "5",
  npm: {
    "yaml@2.9.1": { integrity: "sha512-AQI=" },
    "@grpc/grpc-js@1.14.7": { integrity: "sha512-/w==" },
    "with-peer@1.0.0_yaml@2.9.1": { integrity: "sha512-AA==" },
    "unused@1.0.0": { integrity: "sha512-AA==" },
  },
};
const inPackage = (id: string, name: string) => `node_modules/.deno/${id}/node_modules/${name}/index.js`;

Deno.test("each package that has files in the bundle is named once, with its digest", () => {
  const paths = [
    "cmd/main.ts",
    inPackage("yaml@2.9.1", "yaml"),
    inPackage("yaml@2.9.1", "yaml/dist"),
    inPackage("@grpc+grpc-js@1.14.7", "@grpc/grpc-js"),
  ];
  assert.deepEqual(bundledPackages(paths, lock), [
    { name: "@grpc/grpc-js", version: "1.14.7", sha512: "ff" },
    { name: "yaml", version: "2.9.1", sha512: "0102" },
  ]);
});

Deno.test("a copy of a package for other peers is the same package", () => {
  const paths = ["with-peer@1.0.0", "with-peer@1.0.0_1"].map((id) => inPackage(id, "with-peer"));
  assert.deepEqual(bundledPackages(paths, lock), [{ name: "with-peer", version: "1.0.0", sha512: "00" }]);
});

Deno.test("a package that is not locked is not passed over", () => {
  assert.throws(() => bundledPackages([inPackage("other@1.0.0", "other")], lock), UnlockedPackageError);
});
