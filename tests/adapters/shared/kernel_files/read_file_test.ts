import assert from "node:assert/strict";
import {
  attempt,
  isForbidden,
  isMissing,
  listDirectory,
  readFile,
  readText,
  UnreadableFileError,
} from "../../../../adapters/shared/kernel_files/read_file.ts";
import { withFiles } from "../../driver/sysfs/support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

const length = (bytes: Uint8Array) => bytes.length;

async function reasonFor(reading: Promise<unknown>): Promise<string> {
  const result = await attempt(reading);
  assert(result instanceof UnreadableFileError);
  return result.reason;
}

Deno.test("a file under /proc is read to its end, although its size is told as 0", async () => {
  assert.equal((await Deno.stat("/proc/self/auxv")).size, 0);
  assert((await readFile("/proc/self/auxv", length)) >= 16);
});

Deno.test("a text is handed to the parser without its padding", async () => {
  await withFiles({ "a": "0-3\n" }, async (directory) => {
    assert.equal(await readText(`${directory}/a`, (text) => text), "0-3");
  });
});

Deno.test("what cannot be read is told by its plain cause", async () => {
  await withFiles({ "file": "" }, async (directory) => {
    await Deno.symlink("loop", `${directory}/loop`);
    await Deno.symlink("/dev/zero", `${directory}/endless`);
    assert.equal(await reasonFor(readFile(`${directory}/none`, length)), "not found");
    assert.equal(await reasonFor(readFile(directory, length)), "is a directory");
    assert.equal(await reasonFor(readFile(`${directory}/file/x`, length)), "not a directory");
    assert.equal(await reasonFor(listDirectory(`${directory}/file`)), "not a directory");
    assert.equal(await reasonFor(readFile(`${directory}/loop`, length)), "too many levels of symbolic links");
    assert.equal(
      await reasonFor(readFile(`${directory}/endless`, length)),
      "is a device, and no regular file",
    );
    assert.equal(await reasonFor(readFile("/proc/self/mem", length)), "input/output error");
  });
});

Deno.test("the error names the path and keeps its cause", async () => {
  const error = await attempt(readFile("/nowhere/at/all", length));
  assert(error instanceof UnreadableFileError);
  assert.equal(error.message, "Cannot read /nowhere/at/all: not found");
  assert(error.cause instanceof Deno.errors.NotFound);
});

Deno.test("a file of 1 MiB is read, a larger one refused", async () => {
  await withFiles(
    { "most": new Uint8Array(1 << 20), "more": new Uint8Array((1 << 20) + 1) },
    async (directory) => {
      assert.equal(await readFile(`${directory}/most`, length), 1 << 20);
      assert.equal(await reasonFor(readFile(`${directory}/more`, length)), "holds more than 1048576 bytes");
    },
  );
});

Deno.test("a refusal of the parser becomes the reason", async () => {
  await withFiles({ "a": "abc" }, async (directory) => {
    const parse = (text: string) => {
      throw new ParseError(`found ${text}`);
    };
    assert.equal(await reasonFor(readText(`${directory}/a`, parse)), "found abc");
  });
});

Deno.test("an error that is none of the file's is not swallowed", async () => {
  await withFiles({ "a": "" }, async (directory) => {
    const parse = () => {
      throw new RangeError("a defect");
    };
    await assert.rejects(attempt(readText(`${directory}/a`, parse)), RangeError);
  });
});

Deno.test("only what does not exist is missing", async () => {
  await withFiles({ "file": "" }, async (directory) => {
    const none = await attempt(listDirectory(`${directory}/none`));
    const file = await attempt(listDirectory(`${directory}/file`));
    assert(none instanceof UnreadableFileError && isMissing(none));
    assert(file instanceof UnreadableFileError && !isMissing(file));
  });
});

Deno.test("a file that only others may read is there, and forbidden", () => {
  const forbidden = new UnreadableFileError("/x", "permission denied", {
    cause: new Deno.errors.PermissionDenied("permission denied (os error 13)"),
  });
  assert(isForbidden(forbidden) && !isMissing(forbidden));
  assert(!isForbidden(new UnreadableFileError("/x", "holds more than 10 bytes")));
});
