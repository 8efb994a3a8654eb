import assert from "node:assert/strict";
import fc from "fast-check";
import { linesOf } from "../../../../adapters/driver/kubernetes/lines.ts";

const limits = { maxBytes: 1_000, idleMilliseconds: 1_000 };

Deno.test("lines are the same however the stream is cut into pieces", async () => {
  const text = fc.array(
    fc.string({ unit: "grapheme", maxLength: 20 }).filter((line) => !line.includes("\n")),
  );
  await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, size) => {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    assert.deepEqual(await Array.fromAsync(linesOf(ReadableStream.from(pieces(bytes, size)), limits)), lines);
  }));
});

Deno.test("a line without an end is dropped", async () => {
  const stream = ReadableStream.from([new TextEncoder().encode("whole\nhal")]);
  assert.deepEqual(await Array.fromAsync(linesOf(stream, limits)), ["whole"]);
});

Deno.test("a line that does not end is refused, and the stream is closed", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(300)),
    cancel: () => {
      cancelled = true;
    },
  });
  await assert.rejects(Array.fromAsync(linesOf(endless, limits)), /Cannot read a line of over 1000 bytes/);
  assert.equal(cancelled, true);
});

Deno.test("a silent stream counts as ended, and is closed", async () => {
  let cancelled = false;
  const silent = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled = true;
    },
  });
  assert.deepEqual(await Array.fromAsync(linesOf(silent, { maxBytes: 10, idleMilliseconds: 1 })), []);
  assert.equal(cancelled, true);
});

function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
