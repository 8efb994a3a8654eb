import assert from "node:assert/strict";
import { Backoff } from "../../../../adapters/shared/async/backoff.ts";
import { ReconcileLoop } from "../../../../adapters/shared/async/reconcile_loop.ts";

const never = 2 ** 30;

Deno.test("the first run is at once, the next when asked for", async () => {
  const runs = new Runs();
  const loop = new ReconcileLoop(runs.step, fail, never, quick());
  loop.start();
  await runs.reached(1);
  loop.ask();
  await runs.reached(2);
  await loop.stop();
});

Deno.test("without being asked it runs once in a period", async () => {
  const runs = new Runs();
  const loop = new ReconcileLoop(runs.step, fail, 1, quick());
  loop.start();
  await runs.reached(3);
  await loop.stop();
});

Deno.test("a period is up to a tenth shorter, so that loops that began together drift apart", async () => {
  const runs = new Runs(), asked: number[] = [];
  const spread = () => (asked.push(1), 1);
  const loop = new ReconcileLoop(runs.step, fail, 50, quick(), { spread });
  const start = performance.now();
  loop.start();
  await runs.reached(2);
  await loop.stop();
  assert.ok(asked.length > 0);
  assert.ok(performance.now() - start >= 44, "not before nine tenths of it");
});

Deno.test("what is asked for during a run leads to one more, and runs never overlap", async () => {
  let active = 0;
  const runs = new Runs(async (run) => {
    assert.equal(++active, 1);
    if (run === 1) { for (let index = 0; index < 5; index++) loop.ask(); }
    await Promise.resolve();
    active--;
  });
  const loop: ReconcileLoop = new ReconcileLoop(runs.step, fail, never, quick());
  loop.start();
  await runs.reached(2);
  await loop.stop();
  assert.equal(runs.count, 2);
});

Deno.test("a failure is reported and tried again", async () => {
  const failures: unknown[] = [];
  const runs = new Runs((run) => run < 3 ? Promise.reject(new Error(`run ${run}`)) : Promise.resolve());
  const loop = new ReconcileLoop(runs.step, (error) => failures.push(error), never, quick());
  loop.start();
  await runs.reached(3);
  await loop.stop();
  assert.deepEqual(failures.map(String), ["Error: run 1", "Error: run 2"]);
});

Deno.test("a failure that wants to be waited for is not tried again before", async () => {
  const runs = new Runs((run) => run < 2 ? Promise.reject(new Error("come again")) : Promise.resolve());
  const asked: unknown[] = [];
  const leaveMilliseconds = (error: unknown) => (asked.push(error), 30);
  const loop = new ReconcileLoop(runs.step, () => {}, never, quick(), { leaveMilliseconds });
  const start = performance.now();
  loop.start();
  await runs.reached(2);
  await loop.stop();
  assert.deepEqual(asked.map(String), ["Error: come again"]);
  assert.ok(performance.now() - start >= 29);
});

Deno.test("runs that each lead to the next are held back, every one of them longer", async () => {
  let waits = 0;
  const pace = new Backoff(1, 1, () => (waits++, 1));
  const runs = new Runs(() => Promise.resolve(loop.ask()));
  const loop: ReconcileLoop = new ReconcileLoop(runs.step, fail, never, quick(), { pace });
  loop.start();
  await runs.reached(5);
  await loop.stop();
  assert.ok(waits >= 4, `${waits} waits`);
});

Deno.test("who asks after a quiet time is not kept waiting", async () => {
  const runs = new Runs();
  const endless = new Backoff(never, never, () => 1);
  const loop = new ReconcileLoop(runs.step, fail, never, quick(), { pace: endless, quietMilliseconds: 0 });
  loop.start();
  for (let count = 1; count < 4; count++) {
    await runs.reached(count);
    loop.ask();
  }
  await runs.reached(4);
  await loop.stop();
});

Deno.test("it can be stopped while it is held back", async () => {
  const runs = new Runs(() => Promise.resolve(loop.ask()));
  const endless = new Backoff(never, never, () => 1);
  const loop: ReconcileLoop = new ReconcileLoop(runs.step, fail, never, quick(), { pace: endless });
  loop.start();
  await runs.reached(1);
  await loop.stop();
  assert.equal(runs.count, 1);
});

Deno.test("it can be stopped before it was started, and while it waits after a failure", async () => {
  await new ReconcileLoop(() => Promise.resolve(), fail, never, quick()).stop();
  const failed = Promise.withResolvers<void>();
  const loop = new ReconcileLoop(
    () => Promise.reject(new Error()),
    () => failed.resolve(),
    never,
    new Backoff(never, never, () => 1),
  );
  loop.start();
  await failed.promise;
  await loop.stop();
});

function fail(error: unknown): never {
  throw error;
}

function quick(): Backoff {
  return new Backoff(1, 1, () => 1);
}

/** Counts the runs of a step. */
class Runs {
  count = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor(private readonly work: (run: number) => Promise<void> = () => Promise.resolve()) {}

  readonly step = async () => {
    this.count++;
    for (const { count, resolve } of this.#waiting) if (this.count >= count) resolve();
    await this.work(this.count);
  };

  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.count >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }
}
