import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { ByteQueue } from "../../../../../adapters/protocols/nri/mux/_byte_queue.ts";
import { hex, pattern } from "../ttrpc/bytes.ts";

Deno.test("bytes leave the queue in the order in which they came, in any portions", () => {
  const step = fc.record({
    put: fc.integer({ min: 0, max: 9000 }),
    taken: fc.integer({ min: 0, max: 9000 }),
  });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const queue = new ByteQueue();
    const whole = pattern(9000 * steps.length);
    let [put, taken] = [0, 0];
    for (const step of steps) {
      queue.push(whole.subarray(put, put += step.put));
      const target = new Uint8Array(step.taken);
      const count = queue.take(target);
      strictEqual(count, Math.min(step.taken, put - taken));
      strictEqual(hex(target.subarray(0, count)), hex(whole.subarray(taken, taken += count)));
      strictEqual(queue.length, put - taken);
    }
  }));
});

Deno.test("a cleared queue is empty and can be used again", () => {
  const queue = new ByteQueue();
  queue.push(pattern(10));
  queue.clear();
  strictEqual(queue.length, 0);
  queue.push(Uint8Array.of(1));
  strictEqual(queue.take(new Uint8Array(5)), 1);
});
