import assert from "node:assert/strict";
import { SharedTask } from "../../../core/claims/shared_task.ts";

Deno.test("whenever it is asked for, the task never runs twice at a time, and each is answered by a run that began later", async () => {
  let running = 0, begun = 0;
  const task = new SharedTask(async () => {
    assert.equal(++running, 1);
    begun++;
    await Promise.resolve();
    running--;
  });
  const answers: Promise<void>[] = [];
  // At every step of the queue of promises, since what comes between two of them must not matter.
  for (let step = 0; step < 100; step++) {
    const before = begun;
    answers.push(task.run().then(() => assert.ok(begun > before)));
    await Promise.resolve();
  }
  await Promise.all(answers);
});
