import assert from "node:assert/strict";
import plugin from "../../tasks/lint/plugin.ts";
import { filesBelow, root } from "../deploy/docs/pages.ts";

Deno.test("no file of the core breaks a rule of the tree, and none is let off by a comment", async () => {
  let seen = 0;
  for await (const path of filesBelow("core", /./)) {
    assert.match(path, /\.ts$/);
    const text = await Deno.readTextFile(root + path);
    assert.doesNotMatch(text, /deno-lint-ignore/, path);
    const found = Deno.lint.runPlugin(plugin, root + path, text).map(({ message }) => message);
    assert.deepEqual(found, [], path);
    seen++;
  }
  assert.ok(seen > 30, `only ${seen} files seen`);
});
