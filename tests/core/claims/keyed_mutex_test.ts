import fc from "fast-check";
import assert from "node:assert/strict";
import { KeyedMutex } from "../../../core/claims/keyed_mutex.ts";
import { settle } from "./_settle.ts";

Deno.test("tasks of one key run one after the other, in order, and each gives its own result", async () => {
  const mutex = new KeyedMutex();
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const started: number[] = [];
  const runs = gates.map((gate, number) =>
    mutex.run("a", async () => {
      started.push(number);
      await gate.promise;
      return number;
    })
  );
  gates[2]?.resolve();
  gates[1]?.resolve();
  await settle();
  assert.deepEqual(started, [0]);
  gates[0]?.resolve();
  assert.deepEqual(await Promise.all(runs), [0, 1, 2]);
  assert.deepEqual(started, [0, 1, 2]);
});

Deno.test("tasks of different keys do not wait for each other", async () => {
  const mutex = new KeyedMutex();
  const gate = Promise.withResolvers<void>();
  const slow = mutex.run("a", () => gate.promise);
  assert.equal(await mutex.run("b", () => Promise.resolve("done")), "done");
  gate.resolve();
  await slow;
});

Deno.test("a failed task, thrown at once or later, fails its own run and no other", async () => {
  const mutex = new KeyedMutex();
  const first = mutex.run("a", () => Promise.reject(new Error("later")));
  const second = mutex.run("a", () => {
    throw new Error("at once");
  });
  const third = mutex.run("a", () => Promise.resolve(3));
  await assert.rejects(first, /later/);
  await assert.rejects(second, /at once/);
  assert.equal(await third, 3);
});

Deno.test("a task may come after all earlier ones have ended", async () => {
  const mutex = new KeyedMutex();
  assert.equal(await mutex.run("a", () => Promise.resolve(1)), 1);
  assert.equal(await mutex.run("a", () => Promise.resolve(2)), 2);
});

Deno.test("in whichever order the world answers, no two tasks of a key overlap and none is left out", async () => {
  const task = fc.record({ key: fc.constantFrom("a", "b", "c"), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(task, { maxLength: 12 }), async (scheduler, tasks) => {
      const mutex = new KeyedMutex(), running = new Set<string>(), order: number[] = [];
      const runs = tasks.map(({ key, fails }, number) =>
        mutex.run(key, async () => {
          assert.ok(!running.has(key));
          running.add(key);
          await scheduler.schedule(Promise.resolve());
          running.delete(key);
          order.push(number);
          if (fails) throw new Error("failed");
        })
      );
      const outcomes = Promise.allSettled(runs);
      await scheduler.waitFor(outcomes);
      assert.deepEqual(
        (await outcomes).map(({ status }) => status === "rejected"),
        tasks.map(({ fails }) => fails),
      );
      for (const key of ["a", "b", "c"]) {
        const own = order.filter((number) => tasks[number]?.key === key);
        assert.deepEqual(own, own.toSorted((a, b) => a - b));
      }
    }),
  );
});
