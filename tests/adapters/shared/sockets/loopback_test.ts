import assert from "node:assert/strict";
import { withoutProxy } from "../../../../adapters/shared/sockets/loopback.ts";

for (
  const [server, before, after] of [
    ["https://127.0.0.1:6443", undefined, "127.0.0.1"],
    ["https://[::1]:6443", "", "::1"],
    ["https://localhost", "example.org", "example.org,localhost"],
    ["https://127.0.0.1", "localhost,127.0.0.1", undefined],
    ["https://10.0.0.1", "example.org", undefined],
    ["https://localhost.example.org", undefined, undefined],
  ] as const
) {
  Deno.test(`with ${server} NO_PROXY=${before} becomes ${after ?? "nothing else"}`, () => {
    assert.equal(withoutProxy(server, before), after);
  });
}
