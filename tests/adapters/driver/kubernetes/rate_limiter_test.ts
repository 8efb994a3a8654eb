import assert from "node:assert/strict";
import fc from "fast-check";
import { RateLimiter } from "../../../../adapters/driver/kubernetes/rate_limiter.ts";
import { FakeClock } from "./_fake_clock.ts";

const { signal } = new AbortController();

Deno.test("a burst goes at once, what is above it waits for its turn", async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter({ requestsPerSecond: 10, burst: 3 }, clock);
  for (let request = 0; request < 5; request++) await limiter.take(signal);
  assert.deepEqual(clock.sleeps, [100, 100]);
});

Deno.test("requests that come together wait one behind the other", async () => {
  const sleeps: number[] = [];
  const frozen = {
    now: () => 0,
    sleep: (milliseconds: number) => {
      sleeps.push(milliseconds);
      return Promise.resolve();
    },
  };
  const limiter = new RateLimiter({ requestsPerSecond: 10, burst: 1 }, frozen);
  await Promise.all([1, 2, 3].map(() => limiter.take(signal)));
  assert.deepEqual(sleeps, [100, 200]);
});

Deno.test("a quiet time fills the bucket, but not beyond the burst", async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter({ requestsPerSecond: 10, burst: 2 }, clock);
  for (let request = 0; request < 2; request++) await limiter.take(signal);
  clock.advance(60_000);
  for (let request = 0; request < 3; request++) await limiter.take(signal);
  assert.deepEqual(clock.sleeps, [100]);
});

Deno.test("no stretch of time sees more requests than the burst and the rate allow", async () => {
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 }),
    async (requestsPerSecond, burst, pauses) => {
      const clock = new FakeClock();
      const limiter = new RateLimiter({ requestsPerSecond, burst }, clock);
      const times: number[] = [];
      for (const pause of pauses) {
        clock.advance(pause);
        await limiter.take(signal);
        times.push(clock.now());
      }
      for (const [first, start] of times.entries()) {
        for (const [after, end] of times.slice(first).entries()) {
          const allowed = burst + (end - start) * requestsPerSecond / 1_000;
          assert.ok(after + 1 <= allowed + 1e-6);
        }
      }
    },
  ));
});
