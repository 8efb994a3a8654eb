import assert from "node:assert/strict";
import { withTimeout } from "../../../../adapters/driver/kubernetes/timeout.ts";

Deno.test("what is done in time is returned", async () => {
  assert.equal(await withTimeout(1_000, undefined, () => Promise.resolve("done")), "done");
});

Deno.test("what takes too long is told to stop and not waited for", async () => {
  let seen: AbortSignal | undefined;
  const endless = withTimeout(1, undefined, (signal) => {
    seen = signal;
    return new Promise(() => {});
  });
  await assert.rejects(endless, { name: "ApiUnreachableError", message: "no answer within 1 ms" });
  assert.equal(seen?.aborted, true);
});

Deno.test("the outer signal's reason is thrown", async () => {
  const outer = new AbortController();
  const endless = withTimeout(60_000, outer.signal, () => new Promise(() => {}));
  outer.abort(new Error("stopping"));
  await assert.rejects(endless, /stopping/);
});

Deno.test("nothing is begun after the outer signal", async () => {
  await assert.rejects(
    withTimeout(60_000, AbortSignal.abort(new Error("stopping")), () => assert.fail("begun")),
    /stopping/,
  );
});

Deno.test("the outer signal still reaches what was opened in time", async () => {
  const outer = new AbortController();
  const inner = await withTimeout(60_000, outer.signal, (signal) => Promise.resolve(signal));
  outer.abort();
  assert.equal(inner.aborted, true);
});
