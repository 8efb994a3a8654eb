import assert from "node:assert/strict";
import {
  ApiStatusError,
  ApiUnreachableError,
  clusterUnavailable,
  isTransient,
  leaveMilliseconds,
} from "../../../../adapters/driver/kubernetes/api_error.ts";

for (
  const [status, transient] of [
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [409, false],
    [429, true],
    [500, true],
    [503, true],
  ] as const
) {
  Deno.test(`status ${status} is ${transient ? "" : "not "}worth another try`, () => {
    assert.equal(isTransient(new ApiStatusError(status, "", "", undefined)), transient);
  });
}

Deno.test("a server is left alone for as long as it asks, a minute at most, however deep the error has it", () => {
  const throttled = (milliseconds?: number) => new ApiStatusError(429, "", "", milliseconds);
  assert.equal(leaveMilliseconds(throttled(7_000)), 7_000);
  assert.equal(leaveMilliseconds(clusterUnavailable("list", throttled(7_000))), 7_000);
  assert.equal(leaveMilliseconds(throttled(3_600_000)), 60_000);
  assert.equal(leaveMilliseconds(throttled()), 0);
  assert.equal(leaveMilliseconds("no error"), 0);
});

Deno.test("a cluster that does not answer is worth another try", () => {
  assert.equal(isTransient(new ApiUnreachableError("no answer")), true);
});

Deno.test("an error names the task, all causes and the remedy", () => {
  const refused = new ApiUnreachableError("no answer", { cause: new TypeError("connection refused") });
  assert.equal(
    clusterUnavailable("read claim a/b", refused).message,
    "Cannot read claim a/b: no answer: connection refused",
  );
  const forbidden = new ApiStatusError(403, "Forbidden", "may not", undefined);
  assert.match(
    clusterUnavailable("read claim a/b", forbidden).message,
    /^Cannot read claim a\/b: may not \(bind .*deploy/,
  );
});

Deno.test("an error that says so already stays as it is", () => {
  const error = clusterUnavailable("list", new Error("first"));
  assert.equal(clusterUnavailable("watch", error), error);
});

for (
  const [reason, remedy] of [
    [
      "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
      /one that the authority has signed\)$/,
    ],
    ["invalid peer certificate: UnknownIssuer", /another authority/],
    ["invalid peer certificate: NotValidForName", /other names/],
    ["invalid peer certificate: Expired", /is the clock right/],
  ] as const
) {
  Deno.test(`what TLS has against a certificate is told with what helps: ${reason}`, () => {
    const cause = new TypeError("fetch failed", {
      cause: new Error(
        `error sending request for url (https://10.0.0.1/a): client error (Connect): ${reason}`,
      ),
    });
    const { message } = clusterUnavailable("list", new ApiUnreachableError("no answer", { cause }));
    assert.ok(message.startsWith(`Cannot list: no answer: client error (Connect): ${reason} (`), message);
    assert.match(message, remedy);
  });
}
