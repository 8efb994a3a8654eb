import fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { GoawayFilter } from "../../../../adapters/shared/deno_workarounds/goaway_filter.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = 4, goaway = 7;

function frame(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  return Buffer.concat([header, payload]);
}

Deno.test("whatever a client sends, in whichever pieces, all of it is handed on but the GOAWAY frames", () => {
  const frames = fc.array(
    fc.record({
      type: fc.constantFrom(0, 1, settings, goaway, 9),
      payload: fc.uint8Array({ maxLength: 40 }),
    }),
  );
  const cuts = fc.array(fc.nat(200));
  fc.assert(fc.property(frames, cuts, (frames, cuts) => {
    const bytes = (kept: typeof frames) =>
      Buffer.concat([preface, ...kept.map(({ type, payload }) => frame(type, payload))]);
    const sent = bytes(frames);
    const filter = new GoawayFilter();
    const ends = [...cuts.filter((cut) => cut < sent.length).sort((a, b) => a - b), sent.length];
    const handedOn = ends.flatMap((end, index) => filter.take(sent.subarray(ends[index - 1] ?? 0, end)));
    assert.deepEqual(Buffer.concat(handedOn), bytes(frames.filter(({ type }) => type !== goaway)));
  }));
});
