import fc from "fast-check";
import assert from "node:assert/strict";
import { TaskLimit } from "../../../core/claims/task_limit.ts";
import { settle } from "./_settle.ts";

Deno.test("so many tasks run at a time, the others in their order as one ends", async () => {
  const limit = new TaskLimit(2);
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const started: number[] = [];
  const runs = gates.map((gate, number) =>
    limit.run(async () => {
      started.push(number);
      await gate.promise;
      return number;
    })
  );
  await settle();
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await settle();
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  assert.deepEqual(await Promise.all(runs), [0, 1, 2, 3]);
});

Deno.test("however tasks end, never more than so many run, and each gets its turn", async () => {
  const tasks = fc.array(fc.record({ fails: fc.boolean() }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 3 }),
      tasks,
      async (scheduler, most, tasks) => {
        const limit = new TaskLimit(most);
        let running = 0;
        const runs = tasks.map(({ fails }) =>
          limit.run(async () => {
            assert.ok(++running <= most);
            await scheduler.schedule(Promise.resolve());
            running--;
            if (fails) throw new Error("failed");
          })
        );
        const outcomes = Promise.allSettled(runs);
        await scheduler.waitFor(outcomes);
        assert.deepEqual(
          (await outcomes).map(({ status }) => status === "rejected"),
          tasks.map(({ fails }) => fails),
        );
      },
    ),
  );
});
