import assert from "node:assert/strict";
import {
  claimPath,
  nodePath,
  podPath,
  slicePath,
} from "../../../../adapters/driver/kubernetes/resource_paths.ts";

Deno.test("whatever a name is, the path stays where it leads to", () => {
  const server = "https://api.example.com";
  for (const name of ["..", ".", "a/../../b", "%2e%2e", "a?b#c", "ä b"]) {
    const paths = [claimPath(name, name), podPath(name, name), slicePath(name), nodePath(name)];
    for (const [index, path] of paths.entries()) {
      const plain = [claimPath("n", "n"), podPath("n", "n"), slicePath("n"), nodePath("n")][index] ?? "";
      const { pathname, search, hash } = new URL(`${server}${path}`);
      assert.equal(pathname.split("/").length, plain.split("/").length, `${name}: ${pathname}`);
      assert.deepEqual([search, hash], ["", ""]);
    }
  }
});
