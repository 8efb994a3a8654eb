import assert from "node:assert/strict";
import { parseWatchEvent } from "../../../../adapters/driver/kubernetes/watch_event.ts";

for (const type of ["ADDED", "MODIFIED", "DELETED"]) {
  Deno.test(`${type} is a change`, () => {
    const line = JSON.stringify({ type, object: { metadata: { resourceVersion: "7" } } });
    assert.deepEqual(parseWatchEvent(line), { isChange: true, resourceVersion: "7" });
  });
}

Deno.test("a bookmark is no change", () => {
  const line = JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "7" } } });
  assert.deepEqual(parseWatchEvent(line), { isChange: false, resourceVersion: "7" });
});

Deno.test("an error is thrown as the status that it is", () => {
  const status = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
  assert.throws(() => parseWatchEvent(JSON.stringify({ type: "ERROR", object: status })), {
    name: "ApiStatusError",
    status: 410,
    reason: "Expired",
    message: "too old",
  });
});

for (const line of ["", "no JSON", "[]", "{}", '{"type":"ADDED"}', '{"type":"NEW","object":{}}']) {
  Deno.test(`${JSON.stringify(line)} is no event`, () => {
    assert.throws(() => parseWatchEvent(line), /Cannot read a watch event/);
  });
}
