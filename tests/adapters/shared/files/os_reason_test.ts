import assert from "node:assert/strict";
import { osReason } from "../../../../adapters/shared/files/os_reason.ts";

Deno.test("the system's reason is told without the number and the path of Deno's message", async () => {
  const error = await Deno.readTextFile("/proc/self/mem").then(() => assert.fail("read"), (error) => error);
  assert.match(error.message, /^Input\/output error \(os error 5\)/);
  assert.equal(osReason(error), "input/output error");
});

Deno.test("what is missing is not found, whatever Deno calls it", async () => {
  const error = await Deno.lstat("/there/is/no/such/file").then(() => assert.fail("found"), (error) => error);
  assert.equal(osReason(error), "not found");
});

Deno.test("what is not from the system is told as it is", () => {
  assert.equal(osReason(new Error("it is larger than 1 MiB")), "it is larger than 1 MiB");
});

Deno.test("what was thrown and is no error is its own reason", () => {
  assert.equal(osReason("it is larger than 1 MiB"), "it is larger than 1 MiB");
});
