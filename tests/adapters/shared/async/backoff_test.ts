import assert from "node:assert/strict";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";
import { sleep } from "../../../../adapters/shared/async/sleep.ts";

Deno.test("waits double up to their bound, and start over after a reset", () => {
  const backoff = new Backoff(100, 500, () => 1);
  assert.deepEqual([1, 2, 3, 4].map(() => backoff.next()), [100, 200, 400, 500]);
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

Deno.test("chance takes away up to half of a wait", () => {
  assert.equal(new Backoff(100, 500, () => 0).next(), 50);
});

Deno.test("waits stay finite after any number of failures", () => {
  const backoff = new Backoff(1, 1000, () => 1);
  for (let failures = 0; failures < 10_000; failures++) backoff.next();
  assert.equal(backoff.next(), 1000);
});

Deno.test("a wait ends at once when its signal aborts, before or meanwhile", async () => {
  await sleep(1e6, AbortSignal.abort());
  const stopping = new AbortController();
  const waiting = new Backoff(1e6, 1e6, () => 1).wait(stopping.signal);
  stopping.abort();
  await waiting;
});
