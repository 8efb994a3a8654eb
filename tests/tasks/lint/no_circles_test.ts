import assert from "node:assert/strict";
import { linted } from "./_linted.ts";

async function withFiles(files: Readonly<Record<string, string>>, use: (directory: string) => void) {
  const directory = await Deno.makeTempDir({ dir: new URL(".", import.meta.url).pathname });
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
    use(directory.slice(directory.indexOf("tests/tasks/lint")));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("files that import each other are found, types and lazy imports included", async () => {
  const files = {
    "a.ts": 'import { b } from "./b.ts";',
    "b.ts": 'export { c } from "./c.ts";',
    "c.ts": 'import type { A } from "./a.ts";',
    "d.ts": 'const e = await import("./e.ts");',
    "e.ts": 'import { d } from "./d.ts";',
  };
  await withFiles(files, (folder) => {
    const remedy = "declare what both use in a file that imports neither";
    assert.deepEqual(linted("no-circles", `${folder}/a.ts`, files["a.ts"]), [
      `${folder}/a.ts imports ${folder}/b.ts imports ${folder}/c.ts imports ${folder}/a.ts: ${remedy}`,
    ]);
    assert.deepEqual(linted("no-circles", `${folder}/d.ts`, files["d.ts"]), [
      `${folder}/d.ts imports ${folder}/e.ts imports ${folder}/d.ts: ${remedy}`,
    ]);
  });
});

Deno.test("two ways to one file are no circle, nor is one in a comment", async () => {
  const files = {
    "f.ts": 'import { g } from "./g.ts";\nimport { h } from "./h.ts";',
    "g.ts": 'import { h } from "./h.ts";',
    "h.ts": '// import { f } from "./f.ts";\n/** See import("./g.ts") */',
  };
  await withFiles(files, (folder) => {
    for (const [name, text] of Object.entries(files)) {
      assert.deepEqual(linted("no-circles", `${folder}/${name}`, text), []);
    }
  });
});
