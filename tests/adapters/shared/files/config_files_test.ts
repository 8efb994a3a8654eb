import assert from "node:assert/strict";
import { ConfigFileError, systemFiles, withTexts } from "../../../../adapters/shared/files/config_files.ts";
import { memoryFiles } from "./memory_files.ts";
import { inDirectory } from "./directory.ts";

Deno.test("a file that is not there has no text, and a directory that is not there has no entries", async () => {
  await inDirectory(async (directory) => {
    assert.equal(await systemFiles.read(`${directory}/a`), undefined);
    assert.deepEqual(await systemFiles.list(`${directory}/b`), []);
  });
});

Deno.test("entries come by name, directories among them", async () => {
  await inDirectory(async (directory) => {
    for (const name of ["b", "a", "B"]) await Deno.writeTextFile(`${directory}/${name}`, "");
    await Deno.mkdir(`${directory}/c`);
    const entries = await systemFiles.list(directory);
    assert.deepEqual(entries.map(({ name, isDirectory }) => [name, isDirectory]), [
      ["B", false],
      ["a", false],
      ["b", false],
      ["c", true],
    ]);
  });
});

Deno.test("bytes that are no text are refused rather than mended, and a byte order mark stays", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeFile(`${directory}/a`, new Uint8Array([0x61, 0xff]));
    await Deno.writeTextFile(`${directory}/b`, "\ufeffb");
    await assert.rejects(systemFiles.read(`${directory}/a`), ConfigFileError);
    assert.equal(await systemFiles.read(`${directory}/b`), "\ufeffb");
  });
});

Deno.test("a directory in the place of a file is named", async () => {
  await inDirectory(async (directory) => {
    await assert.rejects(systemFiles.read(directory), (error) => {
      return error instanceof ConfigFileError && error.message.startsWith(`Cannot read ${directory}: `);
    });
  });
});

Deno.test("texts stand in for files, new ones too", async () => {
  const files = withTexts(
    memoryFiles({ "/d/b": "old", "/d/c": "c" }),
    new Map([["/d/b", "new"], ["/d/a", "a"]]),
  );
  assert.deepEqual((await files.list("/d")).map(({ name }) => name), ["a", "b", "c"]);
  assert.deepEqual(await Promise.all(["a", "b", "c"].map((name) => files.read(`/d/${name}`))), [
    "a",
    "new",
    "c",
  ]);
});
