import assert from "node:assert/strict";
import { LoopHealth } from "../../../../adapters/shared/async/loop_health.ts";

Deno.test("a loop is stuck once it was silent for longer than allowed, until it turns again", () => {
  const { clock, loops } = fixture();
  const turned = loops.watch("slices", 100);
  turned();
  clock.milliseconds = 100;
  assert.deepEqual(loops.stuck, []);
  clock.milliseconds = 101;
  assert.deepEqual(loops.stuck, [{ name: "slices", silentMilliseconds: 101 }]);
  turned();
  assert.deepEqual(loops.stuck, []);
});

Deno.test("a loop that has not begun is not stuck", () => {
  const { clock, loops } = fixture();
  loops.watch("slices", 100);
  clock.milliseconds = 1e9;
  assert.deepEqual(loops.stuck, []);
});

Deno.test("each loop has its own bound, and only those beyond it are named", () => {
  const { clock, loops } = fixture();
  loops.watch("quick", 10)();
  loops.watch("slow", 1000)();
  clock.milliseconds = 500;
  assert.deepEqual(loops.stuck.map(({ name }) => name), ["quick"]);
});

function fixture() {
  const clock = { milliseconds: 0 };
  return { clock, loops: new LoopHealth(() => clock.milliseconds) };
}
