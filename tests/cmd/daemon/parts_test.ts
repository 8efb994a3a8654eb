import assert from "node:assert/strict";
import { type Part, startInOrder, stopInReverse, together } from "../../../cmd/daemon/parts.ts";

/** Parts that note what is done to them, and those among them that fail. */
function notingParts(names: readonly string[], failing: readonly string[] = []) {
  const notes: string[] = [];
  const note = (text: string) => {
    notes.push(text);
    if (failing.includes(text)) throw new Error(text);
  };
  const parts = names.map((name): Part => ({
    start: () => note(`start ${name}`),
    stop: () => note(`stop ${name}`),
  }));
  return { notes, parts };
}

Deno.test("parts start in order and stop in reverse", async () => {
  const { notes, parts } = notingParts(["a", "b", "c"]);
  await startInOrder(parts);
  await stopInReverse(parts);
  assert.deepEqual(notes, ["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
});

Deno.test("what is behind a part that does not start is not started", async () => {
  const { notes, parts } = notingParts(["a", "b", "c"], ["start b"]);
  await assert.rejects(startInOrder(parts), new Error("start b"));
  assert.deepEqual(notes, ["start a", "start b"]);
});

Deno.test("all parts are stopped, also when one does not stop in order", async () => {
  const { notes, parts } = notingParts(["a", "b", "c"], ["stop c"]);
  await assert.rejects(stopInReverse(parts), new Error("stop c"));
  assert.deepEqual(notes, ["stop c", "stop b", "stop a"]);
});

Deno.test("parts that are together start in order, and wait for each other's end at the same time", async () => {
  const { notes, parts } = notingParts(["a", "b"]);
  const end = Promise.withResolvers<void>();
  const group = together([...parts, { stop: () => end.promise }]);
  await group.start?.();
  const stopped = group.stop?.();
  assert.deepEqual(notes, ["start a", "start b", "stop a", "stop b"]);
  end.resolve();
  await stopped;
});
