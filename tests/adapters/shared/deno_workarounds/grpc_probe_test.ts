import assert from "node:assert/strict";
import { http2NeedsTcp } from "../../../../adapters/shared/deno_workarounds/grpc_probe.ts";

Deno.test("node:http2 needs TCP before Deno 2.7.14, and only there", () => {
  const [major = 0, minor = 0, patch = 0] = Deno.version.deno.split(/[.+-]/).map(Number);
  const isOld = major * 1e6 + minor * 1e3 + patch < 2_007_014;

  assert.equal(http2NeedsTcp(), isOld);
});
