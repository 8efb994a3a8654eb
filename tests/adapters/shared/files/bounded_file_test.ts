import assert from "node:assert/strict";
import { readBoundedFile, UnfitFileError } from "../../../../adapters/shared/files/bounded_file.ts";
import { inDirectory } from "./directory.ts";
import { makePipe } from "./pipe.ts";

Deno.test("a regular file is read to its end, also one of the kernel's, and /dev/null as one with nothing in it", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "abc");
    assert.equal(readBoundedFile(`${directory}/file`).length, 3);
    assert.ok(readBoundedFile("/proc/self/status").length > 0);
    assert.equal(readBoundedFile("/dev/null").length, 0);
  }));

Deno.test("what would be waited for, or has no end, is refused by what it is", () =>
  inDirectory(async (directory) => {
    await makePipe(`${directory}/pipe`);
    await Deno.symlink("/dev/zero", `${directory}/endless`);
    using _listener = Deno.listen({ transport: "unix", path: `${directory}/socket` });
    const reasons = {
      [`${directory}/pipe`]: "is a pipe, and no regular file",
      [`${directory}/endless`]: "is a device, and no regular file",
      [`${directory}/socket`]: "is a socket, and no regular file",
      [directory]: "is a directory",
    };
    for (const [path, message] of Object.entries(reasons)) {
      assert.throws(() => readBoundedFile(path), new UnfitFileError(message));
    }
  }));

Deno.test("a file of the most bytes is read, a larger one refused", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "abc");
    assert.equal(readBoundedFile(`${directory}/file`, 3).length, 3);
    assert.throws(
      () => readBoundedFile(`${directory}/file`, 2),
      new UnfitFileError("holds more than 2 bytes"),
    );
  }));
