import assert from "node:assert/strict";
import { gatherParts, jsonFile, textFile } from "../../cmd/gather/gathering.ts";

const fine = { name: "fine", gather: () => Promise.resolve({ files: [textFile("fine.txt", "fine")] }) };

Deno.test("a part that fails, or takes too long, is a line of errors.txt beside the others", async () => {
  const stuck = Promise.withResolvers<never>();
  const files = await gatherParts([
    { name: "broken", gather: () => Promise.reject(new Error("no such\nthing")) },
    { name: "stuck", gather: () => stuck.promise },
    { name: "half", gather: () => Promise.resolve({ files: [], problems: ["the rest is missing"] }) },
    fine,
  ], 20);
  assert.deepEqual(files, [
    { path: "fine.txt", content: "fine\n" },
    {
      path: "errors.txt",
      content: "broken: no such thing\nstuck: it took longer than 0.02 seconds\nhalf: the rest is missing\n",
    },
  ]);
});

Deno.test("nothing missing means an empty errors.txt", async () => {
  assert.equal((await gatherParts([fine], 1000)).at(-1)?.content, "");
});

Deno.test("a file that has grown without bound is cut", async () => {
  const content = new Uint8Array(9 << 20);
  const [file] = await gatherParts([{
    name: "huge",
    gather: () => Promise.resolve({ files: [{ path: "huge", content }] }),
  }], 1000);
  assert.equal(file?.content.length, 8 << 20);
});

Deno.test("values and texts go in without secrets", () => {
  assert.equal(jsonFile("a", { password: "hunter2" }).content, '{\n  "password": "REMOVED"\n}\n');
  assert.equal(textFile("a", "token=hunter2").content, "token=REMOVED\n");
});
