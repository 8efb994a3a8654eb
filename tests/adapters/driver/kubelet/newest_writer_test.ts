import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { NewestWriter } from "../../../../adapters/driver/kubelet/newest_writer.ts";

/** A reader that takes a message when it is told to, and a writer of a number that can be changed. */
function slowReader() {
  const seen: number[] = [];
  let taken: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    objectMode: true,
    write({ value }: { value: number }, _encoding, done) {
      seen.push(value);
      taken = done;
    },
  });
  const state = { value: 0 };
  const writer = new NewestWriter(stream, () => ({ value: state.value }));
  const take = async (error?: Error) => {
    taken?.(error);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const set = (value: number) => {
    state.value = value;
    writer.write();
  };
  return { seen, stream, writer, set, take };
}

Deno.test("a slow reader gets the newest state and none of those in between", async () => {
  const { seen, set, take, stream } = slowReader();
  for (const value of [1, 2, 3, 4]) set(value);
  assert.deepEqual(seen, [1]);
  await take();
  assert.deepEqual(seen, [1, 4]);
  await take();
  assert.deepEqual(seen, [1, 4]);
  assert.equal(stream.writableLength, 0);
});

Deno.test("a message is under way until it is taken", async () => {
  const { writer, set, take } = slowReader();
  set(1);
  assert.deepEqual(writer.underWay, { value: 1 });
  await take();
  assert.equal(writer.underWay, undefined);
});

Deno.test("nothing is written after the end, nor to a stream that failed", async () => {
  const { seen, writer, set, take } = slowReader();
  set(1);
  set(2);
  writer.end();
  await take();
  assert.deepEqual(seen, [1]);

  const failing = slowReader();
  failing.stream.on("error", () => {});
  failing.set(1);
  failing.set(2);
  await failing.take(new Error("gone"));
  failing.set(3);
  assert.deepEqual(failing.seen, [1]);
});
