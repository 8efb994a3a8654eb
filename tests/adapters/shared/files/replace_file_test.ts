import assert from "node:assert/strict";
import { ConfigFileError } from "../../../../adapters/shared/files/config_files.ts";
import { replaceFile, requireReplaceable } from "../../../../adapters/shared/files/replace_file.ts";
import { contentsOf, inDirectory } from "./directory.ts";

const suffix = ".bak";

Deno.test("a file is replaced and kept beside, with its mode", async () => {
  await inDirectory(async (directory) => {
    await writeFile(`${directory}/a`, "old", 0o640);
    assert.equal(await replaceFile(`${directory}/a`, "new", { suffix }), `${directory}/a.bak`);
    assert.deepEqual(contentsOf(directory), { a: "new", "a.bak": "old" });
    assert.deepEqual([modeOf(`${directory}/a`), modeOf(`${directory}/a.bak`)], [0o640, 0o640]);
  });
});

Deno.test({
  name: "a file's owner stays (needs root)",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await inDirectory(async (directory) => {
      await writeFile(`${directory}/a`, "old", 0o600);
      await Deno.chown(`${directory}/a`, 12, 34);
      await replaceFile(`${directory}/a`, "new", { suffix });
      const { uid, gid } = await Deno.stat(`${directory}/a`);
      assert.deepEqual([uid, gid], [12, 34]);
    });
  },
});

Deno.test("a new file gets its directories, and nothing is kept", async () => {
  await inDirectory(async (directory) => {
    assert.equal(await replaceFile(`${directory}/b/c/a`, "new", { suffix }), undefined);
    assert.deepEqual(contentsOf(`${directory}/b/c`), { a: "new" });
  });
});

Deno.test("a symbolic link stays one, and the file that it points to is kept beside that", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/real`);
    await Deno.writeTextFile(`${directory}/real/a`, "old");
    await Deno.symlink("real/a", `${directory}/link`);
    await replaceFile(`${directory}/link`, "new", { suffix });
    assert.equal(await Deno.readLink(`${directory}/link`), "real/a");
    assert.deepEqual(contentsOf(`${directory}/real`), { a: "new", "a.bak": "old" });
  });
});

Deno.test("the former file is kept in another directory if that is asked for", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/conf.d`);
    await Deno.writeTextFile(`${directory}/conf.d/a`, "old");
    await replaceFile(`${directory}/conf.d/a`, "new", { suffix, directory });
    assert.deepEqual([contentsOf(`${directory}/conf.d`), contentsOf(directory)], [{ a: "new" }, {
      "a.bak": "old",
    }]);
  });
});

Deno.test("a read-only file is left as it is, also by root", async () => {
  await inDirectory(async (directory) => {
    await writeFile(`${directory}/a`, "old", 0o444);
    const readOnly = (error: unknown) =>
      error instanceof ConfigFileError && /^Cannot write .*\/a: it is read-only/.test(error.message);
    await assert.rejects(requireReplaceable(`${directory}/a`), readOnly);
    await assert.rejects(replaceFile(`${directory}/a`, "new", { suffix }), readOnly);
    assert.deepEqual(contentsOf(directory), { a: "old" });
  });
});

Deno.test("what was kept before is not written over: the file stays as it is", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/a`, "old");
    await Deno.writeTextFile(`${directory}/a.bak`, "older");
    await assert.rejects(replaceFile(`${directory}/a`, "new", { suffix }), ConfigFileError);
    assert.deepEqual(contentsOf(directory), { a: "old", "a.bak": "older" });
  });
});

Deno.test("a file that cannot be renamed over is left as it is, with nothing beside it", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/a`, "old");
    // The kept file and the new one cannot be made there.
    const other = { suffix, directory: "/proc/self" };
    await assert.rejects(replaceFile(`${directory}/a`, "new", other), ConfigFileError);
    assert.deepEqual(contentsOf(directory), { a: "old" });
  });
});

Deno.test("a file that is not there can be made", async () => {
  await inDirectory(async (directory) => await requireReplaceable(`${directory}/a`));
});

async function writeFile(path: string, text: string, mode: number): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o7777;
}
