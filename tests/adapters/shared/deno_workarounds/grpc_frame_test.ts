import assert from "node:assert/strict";
import fc from "fast-check";
import { frame, unframe } from "../../../../adapters/shared/deno_workarounds/grpc_frame.ts";

Deno.test("a message is prefixed with a zero and its length", () => {
  assert.deepEqual(frame(new Uint8Array([7, 8])), new Uint8Array([0, 0, 0, 0, 2, 7, 8]));
});

Deno.test("a body is taken apart as it was put together", () => {
  fc.assert(fc.property(fc.uint8Array(), (message) => {
    assert.deepEqual(unframe(frame(message)), message);
  }));
});

Deno.test("nothing, less or more than one message, or a compressed one, is no message", () => {
  for (const body of [[], [0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 7], [1, 0, 0, 0, 0]]) {
    assert.equal(unframe(new Uint8Array(body)), undefined);
  }
});
