import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Writable } from "node:stream";
import { GatheredWriter } from "../../../../adapters/shared/sockets/gathered_writer.ts";

/** A stream that keeps what it is given, and takes the next only when it is let. */
class Peer extends Writable {
  readonly chunks: string[] = [];
  readonly #letGo: (() => void)[] = [];
  slow = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk.toString());
    if (this.slow) this.#letGo.push(done);
    else done();
  }

  read(): void {
    this.#letGo.shift()?.();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

Deno.test("what comes in one turn is written in one piece, in order", async () => {
  const peer = new Peer(), writer = new GatheredWriter(peer);
  let taken = 0;
  for (const piece of ["head", "er, mess", "age"]) writer.write(Buffer.from(piece), () => taken++);
  assert.deepEqual([taken, peer.chunks], [3, []]);
  await turn();
  assert.deepEqual(peer.chunks, ["header, message"]);
  writer.write(Buffer.from("next"), () => {});
  writer.flush();
  assert.deepEqual(peer.chunks, ["header, message", "next"]);
  await turn();
  assert.equal(peer.chunks.length, 2);
});

Deno.test("a writer waits for a peer that does not read, and for much to be sent", async () => {
  const peer = new Peer({ highWaterMark: 4 }), writer = new GatheredWriter(peer);
  peer.slow = true;
  writer.write(Buffer.from("12345"), () => {});
  await turn();
  let taken = false;
  writer.write(Buffer.from("6"), () => taken = true);
  await turn();
  assert.equal(taken, false);
  peer.read();
  peer.read();
  await turn();
  peer.read();
  await turn();
  assert.equal(taken, true);
  assert.deepEqual(peer.chunks, ["12345", "6"]);

  const large = new GatheredWriter(new Peer());
  let sent = false;
  large.write(Buffer.alloc(1 << 20), () => sent = true);
  assert.equal(sent, false);
  await turn();
  assert.equal(sent, true);
});
