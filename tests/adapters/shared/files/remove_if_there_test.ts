import assert from "node:assert/strict";
import { isThere } from "../../../../adapters/shared/files/is_there.ts";
import { removeIfThere } from "../../../../adapters/shared/files/remove_if_there.ts";

Deno.test("a file is removed, once more is no error, and what cannot be removed is one", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/file`, "");
    await removeIfThere(`${directory}/file`);
    assert.equal(await isThere(`${directory}/file`), false);
    await removeIfThere(`${directory}/file`);
    await Deno.mkdir(`${directory}/full/of`, { recursive: true });
    await assert.rejects(removeIfThere(`${directory}/full`), /not empty/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
