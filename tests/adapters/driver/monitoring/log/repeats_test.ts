import assert from "node:assert/strict";
import { Repeats } from "../../../../../adapters/driver/monitoring/log/repeats.ts";

function repeats() {
  const clock = { now: 0 };
  const limits = { quietMilliseconds: 1_000, burst: 3, perSecond: 1, maxSubjects: 5 };
  return { clock, repeats: new Repeats(() => clock.now, limits) };
}

Deno.test("the same of one subject is told once in a while, with how many were left out", () => {
  const { clock, repeats: { tell } } = withTell();
  assert.equal(tell("refused", "pod-a"), 0);
  for (let time = 0; time < 1_000; time++) assert.equal(tell("refused", "pod-a"), undefined);
  assert.equal(tell("refused", "pod-b"), 1_000);
  clock.now = 1_000;
  assert.equal(tell("refused", "pod-a"), 0);
});

Deno.test("many subjects of one kind are told at a pace, and another kind is not held up by them", () => {
  const { clock, repeats: { tell } } = withTell();
  const told = Array.from({ length: 1_000 }, (_, index) => tell("refused", `pod-${index}`));
  assert.equal(told.filter((untold) => untold !== undefined).length, 3);
  assert.equal(tell("lost", "runtime"), 0);
  clock.now = 1_000;
  assert.equal(tell("refused", "pod-x"), 997);
});

Deno.test("a subject that is remembered no more is told again", () => {
  const { clock, repeats: { tell } } = withTell();
  for (let index = 0; index < 20; index++) {
    clock.now += 1_000;
    assert.equal(tell("refused", `pod-${index}`), 0);
  }
  clock.now += 1;
  assert.equal(tell("refused", "pod-19"), undefined);
});

function withTell() {
  const { clock, repeats: made } = repeats();
  return { clock, repeats: { tell: made.tell.bind(made) } };
}
