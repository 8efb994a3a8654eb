import assert from "node:assert/strict";
import { Later } from "../../../../adapters/shared/async/later.ts";
import { sleep } from "../../../../adapters/shared/async/sleep.ts";

const never = new AbortController().signal;

Deno.test("what is asked for several times in a while is done once, and again when it is asked for again", async () => {
  let done = 0;
  const later = new Later(1, () => done++);
  for (const _ of [1, 2, 3]) later.ask();
  assert.equal(done, 0);
  while (done === 0) await sleep(1, never);
  later.ask();
  while (done === 1) await sleep(1, never);
  assert.equal(done, 2);
});

Deno.test("what was asked for before the stop is not done", async () => {
  let done = 0;
  const later = new Later(1, () => done++);
  later.ask();
  later.stop();
  await sleep(10, never);
  assert.equal(done, 0);
});
