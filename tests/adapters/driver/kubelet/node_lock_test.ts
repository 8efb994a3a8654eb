import assert from "node:assert/strict";
import { NodeLock, NodeLockError } from "../../../../adapters/driver/kubelet/node_lock.ts";
import { withDirectory } from "./fixture.ts";

for (
  const [first, second, together] of [
    ["alone", "alone", false],
    ["alone", "in an update", false],
    ["in an update", "alone", false],
    ["in an update", "in an update", true],
  ] as const
) {
  const outcome = together ? "run beside each other" : "do not: the second one says so";
  Deno.test(`a driver that is ${first} and one that is ${second} ${outcome}`, async () => {
    await withDirectory(async (directory) => {
      const lock = (how: string) => new NodeLock(`${directory}/plugins/instance.lock`, how !== "alone");
      const [former, young] = [lock(first), lock(second)];
      await former.start();
      if (together) await young.start();
      else await assert.rejects(young.start(), /another dramemory daemon does.*--rolling-update/);
      former.stop();
      young.stop();
      const next = lock("alone");
      await next.start();
      next.stop();
    });
  });
}

Deno.test("a lock that cannot be had at all is an error with the remedy", async () => {
  await assert.rejects(new NodeLock("/proc/nowhere/instance.lock", false).start(), NodeLockError);
});
