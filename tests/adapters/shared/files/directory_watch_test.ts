import assert from "node:assert/strict";
import { DirectoryWatch } from "../../../../adapters/shared/files/directory_watch.ts";
import { inDirectory } from "./directory.ts";

const long = 30_000;
const never = new AbortController().signal;

/** Runs a test with a watch of one directory, and closes it. */
function watching(test: (watch: DirectoryWatch, directory: string) => Promise<void>): Promise<void> {
  return inDirectory(async (root) => {
    const directory = `${root}/watched`;
    await Deno.mkdir(directory);
    const watch = new DirectoryWatch([directory]);
    watch.open();
    assert.equal(watch.active, true);
    try {
      await test(watch, directory);
    } finally {
      await watch.close();
      assert.equal(watch.active, false);
    }
  });
}

Deno.test("a name that comes or goes wakes who waits, also if that was before", () =>
  watching(async (watch, directory) => {
    const waiting = watch.wait(long, never);
    await Deno.writeTextFile(`${directory}/a`, "");
    assert.equal(await waiting, true);
    await Deno.remove(`${directory}/a`);
    assert.equal(await watch.wait(long, never), true);
  }));

Deno.test("what is written into a file wakes nobody", () =>
  watching(async (watch, directory) => {
    await Deno.writeTextFile(`${directory}/a`, "");
    await watch.wait(long, never);
    // The creation may come in more than one event.
    await watch.wait(100, never);
    await watch.wait(100, never);

    await Deno.writeTextFile(`${directory}/a`, "text", { create: false });
    const start = performance.now();
    await watch.wait(100, never);
    assert.ok(performance.now() - start >= 99);
  }));

Deno.test("without a change who waits is woken in time, and by an abort at once", () =>
  watching(async (watch) => {
    assert.equal(await watch.wait(1, never), true);
    const stopping = new AbortController();
    const waiting = watch.wait(long, stopping.signal);
    stopping.abort();
    assert.equal(await waiting, false);
    assert.equal(await watch.wait(long, stopping.signal), false);
  }));

Deno.test("a directory that is removed is watched no longer, until it is watched anew", () =>
  watching(async (watch, directory) => {
    await Deno.remove(directory);
    assert.equal(await watch.wait(long, never), true);
    while (watch.active) await watch.wait(10, never);
    watch.open();
    assert.equal(watch.active, false);

    await Deno.mkdir(directory);
    watch.open();
    assert.equal(watch.active, true);
    const waiting = watch.wait(long, never);
    await Deno.writeTextFile(`${directory}/a`, "");
    assert.equal(await waiting, true);
  }));
