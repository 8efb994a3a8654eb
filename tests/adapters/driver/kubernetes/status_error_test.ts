import assert from "node:assert/strict";
import { statusError } from "../../../../adapters/driver/kubernetes/status_error.ts";

Deno.test("a Status object tells reason and message", () => {
  const body = JSON.stringify({ kind: "Status", reason: "Forbidden", message: "may not" });
  const { status, reason, message } = statusError(403, new Headers(), body);
  assert.deepEqual({ status, reason, message }, {
    status: 403,
    reason: "Forbidden",
    message: "may not (HTTP status 403)",
  });
});

for (const body of ["", "404 page not found", "[]", '{"reason":"NotFound"}', "<html>"]) {
  Deno.test(`a body of ${JSON.stringify(body)} tells no reason`, () => {
    const { reason, message } = statusError(404, new Headers(), body);
    assert.deepEqual({ reason, message }, { reason: "", message: "HTTP status 404" });
  });
}

for (
  const [header, milliseconds] of [["3", 3_000], ["0", 0], [
    "Wed, 21 Oct 2026 07:28:00 GMT",
    undefined,
  ]] as const
) {
  Deno.test(`Retry-After: ${header} asks for a wait of ${milliseconds} ms`, () => {
    const error = statusError(429, new Headers({ "retry-after": header }), "");
    assert.equal(error.retryAfterMilliseconds, milliseconds);
  });
}
