import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { anchorsOf, pages, root, withoutBlocks } from "./pages.ts";

for (const { path, text } of pages) {
  Deno.test(`every link of ${path} leads somewhere`, async () => {
    for (const [, target = ""] of withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const linked = file === "" ? path : join(dirname(path), file);
      await assert.doesNotReject(Deno.stat(root + linked), `there is no ${target}`);
      if (anchor === undefined) continue;
      const anchors = anchorsOf(await Deno.readTextFile(root + linked));
      assert.ok(anchors.includes(anchor), `${linked} has no heading for ${target}`);
    }
  });
}

for (const { path, codes } of pages) {
  const named = codes.filter((code) => /^(core|adapters|cmd|deploy|docs|tasks|tests)\/[\w./-]*$/.test(code));
  if (named.length === 0) continue;
  Deno.test(`every file that ${path} names is there`, async () => {
    for (const code of named) await assert.doesNotReject(Deno.stat(root + code), `there is no ${code}`);
  });
}

Deno.test("the index of the README has every page of the documentation", () => {
  const readme = pages.find(({ path }) => path === "README.md")?.text ?? "";
  const missing = pages.map(({ path }) => path).filter((path) =>
    path.startsWith("docs/") && !readme.includes(`](${path})`)
  );
  assert.deepEqual(missing, []);
});
