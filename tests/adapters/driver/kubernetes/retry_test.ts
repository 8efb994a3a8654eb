import assert from "node:assert/strict";
import { ApiStatusError, ApiUnreachableError } from "../../../../adapters/driver/kubernetes/api_error.ts";
import { retry } from "../../../../adapters/driver/kubernetes/retry.ts";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";
import { FakeClock } from "./_fake_clock.ts";

const unreachable = new ApiUnreachableError("no answer");

Deno.test("what succeeds is not tried again", async () => {
  const { clock, attempts, run } = retrying(() => "done");
  assert.equal(await run(), "done");
  assert.deepEqual([attempts(), clock.sleeps], [1, []]);
});

Deno.test("waits grow from one transient failure to the next", async () => {
  const { clock, run } = retrying((attempt) => {
    if (attempt < 4) throw unreachable;
    return "done";
  });
  assert.equal(await run(), "done");
  assert.deepEqual(clock.sleeps, [100, 200, 400]);
});

Deno.test("what fails for good is not tried again", async () => {
  const forbidden = new ApiStatusError(403, "Forbidden", "no", undefined);
  const { attempts, run } = retrying(() => {
    throw forbidden;
  });
  await assert.rejects(run(), forbidden);
  assert.equal(attempts(), 1);
});

Deno.test("the last failure is thrown when the budget leaves no room for the next wait", async () => {
  const { clock, run } = retrying((attempt) => {
    throw new ApiUnreachableError(`failure ${attempt}`);
  });
  await assert.rejects(run(), /failure 4/);
  assert.deepEqual(clock.sleeps, [100, 200, 400]);
});

Deno.test("an attempt is told how much of the budget is left to it", async () => {
  const options = {
    budgetMilliseconds: 1_000,
    backoff: new Backoff(100, 10_000, () => 1),
    clock: new FakeClock(),
  };
  const left: number[] = [];
  const attempt = (milliseconds: number) => {
    left.push(milliseconds);
    return left.length < 3 ? Promise.reject(unreachable) : Promise.resolve("done");
  };
  assert.equal(await retry(options, attempt), "done");
  assert.deepEqual(left, [1_000, 900, 700]);
});

/** Retries with a budget of one second. */
function retrying(attempt: (number: number) => string) {
  const clock = new FakeClock();
  let attempts = 0;
  const run = () =>
    retry({ budgetMilliseconds: 1_000, backoff: new Backoff(100, 10_000, () => 1), clock }, async () => {
      await Promise.resolve();
      return attempt(++attempts);
    });
  return { clock, attempts: () => attempts, run };
}
