import assert from "node:assert/strict";
import { ConfigFileError } from "../../../../adapters/shared/files/config_files.ts";
import { replaceFiles } from "../../../../adapters/shared/files/replace_files.ts";
import { contentsOf, inDirectory } from "./directory.ts";

const replacement = { suffix: ".bak" };

Deno.test("files are replaced in their order, each one kept", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/b`, "old");
    const files = ["a", "b"].map((name) => ({ path: `${directory}/${name}`, text: "new" }));
    assert.deepEqual(await replaceFiles(files, replacement), [
      { path: `${directory}/a`, kept: undefined },
      { path: `${directory}/b`, kept: `${directory}/b.bak` },
    ]);
    assert.deepEqual(contentsOf(directory), { a: "new", b: "new", "b.bak": "old" });
  });
});

Deno.test("no file is replaced when one is read-only", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/b`, "old", { mode: 0o444 });
    const files = ["a", "b"].map((name) => ({ path: `${directory}/${name}`, text: "new" }));
    await assert.rejects(replaceFiles(files, replacement), ConfigFileError);
    assert.deepEqual(contentsOf(directory), { b: "old" });
  });
});

Deno.test("files are put back when a later one cannot be written", async () => {
  await inDirectory(async (directory) => {
    for (const name of ["b", "c", "c.bak"]) await Deno.writeTextFile(`${directory}/${name}`, "old");
    const files = ["a", "b", "c"].map((name) => ({ path: `${directory}/${name}`, text: "new" }));
    await assert.rejects(replaceFiles(files, replacement), ConfigFileError);
    assert.deepEqual(contentsOf(directory), { b: "old", c: "old", "c.bak": "old" });
  });
});
