import assert from "node:assert/strict";
import { KeptFile } from "../../../../adapters/shared/files/kept_file.ts";
import { UnfitFileError } from "../../../../adapters/shared/files/bounded_file.ts";
import { inDirectory } from "./directory.ts";
import { makePipe } from "./pipe.ts";

/** A time at which a file is settled. */
const longAgo = new Date(Date.now() - 60_000);

async function write(path: string, text: string, modified: Date): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.utime(path, modified, modified);
}

Deno.test("a file's text is read again once it is written, replaced or shorter", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/token`;
    await write(path, "one", longAgo);
    const file = new KeptFile(path);
    assert.equal(file.read(), "one");
    assert.equal(file.read(), "one");

    await write(path, "two", new Date(longAgo.getTime() + 10));
    assert.equal(file.read(), "two");

    await write(`${directory}/new`, "333", longAgo);
    await Deno.rename(`${directory}/new`, path);
    assert.equal(file.read(), "333");

    await write(path, "4", longAgo);
    assert.equal(file.read(), "4");
  }));

Deno.test("a file that was written a moment ago is not trusted to stay as it is", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/token`, now = new Date();
    await write(path, "one", now);
    const file = new KeptFile(path);
    assert.equal(file.read(), "one");
    await write(path, "two", now);
    assert.equal(file.read(), "two");
  }));

Deno.test("a file that has not changed is not read", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/token`;
    await write(path, "one", longAgo);
    const file = new KeptFile(path);
    file.read();
    // The one change that cannot be seen: the same inode, length and time.
    await write(path, "two", longAgo);
    assert.equal(file.read(), "one");
  }));

Deno.test("a file that is gone is an error, and is read when it is there again", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/token`;
    await write(path, "one", longAgo);
    const file = new KeptFile(path);
    file.read();
    await Deno.remove(path);
    assert.throws(() => file.read(), Deno.errors.NotFound);
    await write(path, "two", longAgo);
    assert.equal(file.read(), "two");
  }));

Deno.test("a pipe in the place of a file is not waited for, and named", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/token`;
    await makePipe(path);
    assert.throws(
      () => new KeptFile(path).read(),
      new UnfitFileError(`${path} is a pipe, and no regular file`),
    );
  }));
