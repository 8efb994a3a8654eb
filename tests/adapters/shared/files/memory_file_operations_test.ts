import assert from "node:assert/strict";
import { systemFileOperations } from "../../../../adapters/shared/files/file_operations.ts";
import { fileOperationsIn } from "../../../../adapters/shared/files/memory_file_operations.ts";

/** A tmpfs of any Linux system. */
const memory = "/dev/shm";
const skip = !await Deno.stat(memory).then(({ isDirectory }) => isDirectory, () => false);

Deno.test({
  name: "what is in memory is done on this thread, also below a directory that is not there yet",
  ignore: skip,
  fn() {
    assert.notEqual(fileOperationsIn(memory), systemFileOperations);
    assert.equal(fileOperationsIn(`${memory}/not/there/yet`), fileOperationsIn(memory));
    // sysfs is neither a disk nor a place for files.
    assert.equal(fileOperationsIn("/sys/kernel"), systemFileOperations);
  },
});

Deno.test({
  name: "files in memory are written, listed, read, renamed and removed as others are",
  ignore: skip,
  async fn() {
    const directory = await Deno.makeTempDir({ dir: memory });
    const operations = fileOperationsIn(directory), path = `${directory}/deep/file`;
    try {
      await assert.rejects(operations.create(path), Deno.errors.NotFound);
      await operations.makeDirectory(`${directory}/deep`);
      const file = await operations.create(path);
      assert.equal(await file.write(new TextEncoder().encode("text")), 4);
      await file.sync();
      file.close();
      await operations.rename(path, `${path}-2`);
      await operations.syncDirectory(`${directory}/deep`);
      assert.deepEqual(await operations.list(`${directory}/deep`), ["file-2"]);
      assert.equal(await operations.read(`${path}-2`), "text");
      assert.equal((await operations.state(`${path}-2`)).size, 4);
      assert.deepEqual(await operations.state(`${path}-2`), await systemFileOperations.state(`${path}-2`));
      await operations.remove(`${path}-2`);
      await assert.rejects(operations.read(`${path}-2`), Deno.errors.NotFound);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  name: "a lock on a file in memory keeps others out until it is closed",
  ignore: skip,
  async fn() {
    const directory = await Deno.makeTempDir({ dir: memory });
    const { tryLock, write, read } = fileOperationsIn(directory), path = `${directory}/lock`;
    try {
      const lock = await tryLock(path);
      assert.ok(lock !== undefined);
      assert.equal(await systemFileOperations.tryLock(path), undefined);
      lock.close();
      (await systemFileOperations.tryLock(path))?.close();
      await write(path, "written");
      assert.equal(await read(path), "written");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
