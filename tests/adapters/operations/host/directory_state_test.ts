import assert from "node:assert/strict";
import { directoryFact } from "../../../../adapters/operations/host/directory_state.ts";
import { isClockSynchronized } from "../../../../adapters/operations/host/libc.ts";

Deno.test("a directory of one's own can be written, a file is none, and what is not there is missing", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/file`, "");
    assert.deepEqual(await directoryFact(directory), { path: directory, state: "writable" });
    assert.equal((await directoryFact(`${directory}/file`)).state, "no directory");
    assert.equal((await directoryFact(`${directory}/file/below`)).state, "no directory");
    assert.equal((await directoryFact(`${directory}/none`)).state, "missing");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  name: "a directory that this user may not write is told as such (skipped for root, who may)",
  ignore: Deno.uid() === 0,
  fn: async () => {
    const directory = await Deno.makeTempDir();
    try {
      await Deno.chmod(directory, 0o555);
      assert.equal((await directoryFact(directory)).state, "not writable");
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("the kernel says whether its clock is synchronized, or this process may not ask", () => {
  assert([true, false, undefined].includes(isClockSynchronized()));
});
