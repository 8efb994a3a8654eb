import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { chartDigest } from "../../../tasks/manifests/chart_digest.ts";

Deno.test("the digest changes with what is rendered, and not with the documentation", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const chart = pathToFileURL(`${directory}/`);
    await Deno.mkdir(`${directory}/templates`);
    await Deno.writeTextFile(`${directory}/templates/a.yaml`, "one: 1");
    const before = await chartDigest(chart);
    await Deno.writeTextFile(`${directory}/README.md`, "text");
    assert.equal(await chartDigest(chart), before);
    await Deno.writeTextFile(`${directory}/templates/a.yaml`, "one: 2");
    assert.notEqual(await chartDigest(chart), before);
    await Deno.writeTextFile(`${directory}/templates/a.yaml`, "one: 1");
    await Deno.rename(`${directory}/templates/a.yaml`, `${directory}/templates/b.yaml`);
    assert.notEqual(await chartDigest(chart), before);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
