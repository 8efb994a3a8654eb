import assert from "node:assert/strict";
import { memoryOf, type Usage, usageOf, usedBetween } from "./process_usage.ts";

Deno.test("this process holds memory, some of it anonymous, and has used its threads", async () => {
  const { resident, anonymous } = await memoryOf(Deno.pid);
  assert.ok(resident > anonymous && anonymous > 0);
  assert.ok([...(await usageOf(Deno.pid)).byThread.values()].some(({ nanoseconds }) => nanoseconds > 0));
});

Deno.test("what was used in between counts new threads as a whole and leaves out those that ended", () => {
  const usage = (threads: Record<string, number>): Usage => ({
    byThread: new Map(
      Object.entries(threads).map(([id, seconds]) => [id, { nanoseconds: seconds * 1e9, switches: seconds }]),
    ),
  });
  const used = usedBetween(usage({ main: 1, ended: 5 }), usage({ main: 3, young: 4 }));
  assert.deepEqual(used, { cpuSeconds: 6, switches: 6 });
});
