import assert from "node:assert/strict";
import { inLanes, type LaneWork } from "./lanes.ts";

/** Work that is begun, and ended by the test. */
class Piece implements LaneWork<string> {
  readonly memoryMiB: number;
  readonly #name: string;
  readonly #end = Promise.withResolvers<string>();
  begun = false;

  constructor(name: string, memoryMiB = 1) {
    this.#name = name;
    this.memoryMiB = memoryMiB;
  }

  readonly run = () => {
    this.begun = true;
    return this.#end.promise;
  };

  /** Ends it, and lets whoever waits for that go on. */
  async end(): Promise<void> {
    this.#end.resolve(this.#name);
    await settled();
  }

  async fail(): Promise<void> {
    this.#end.reject(new Error(this.#name));
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function begun(pieces: readonly Piece[]): boolean[] {
  return pieces.map((piece) => piece.begun);
}

Deno.test("as many pieces are done at once as there are lanes, and results come in the order of the work", async () => {
  const pieces = [new Piece("a"), new Piece("b"), new Piece("c")] as const;
  const all = inLanes(pieces, { lanes: 2, memoryMiB: 10 });
  assert.deepEqual(begun(pieces), [true, true, false]);
  await pieces[1].end();
  assert.deepEqual(begun(pieces), [true, true, true]);
  await pieces[2].end();
  await pieces[0].end();
  assert.deepEqual(await all, ["a", "b", "c"]);
});

Deno.test("a piece waits until there is memory for it, and one that is too large is done alone", async () => {
  const pieces = [new Piece("small", 6), new Piece("large", 20), new Piece("exact", 10)] as const;
  const all = inLanes(pieces, { lanes: 3, memoryMiB: 10 });
  assert.deepEqual(begun(pieces), [true, false, false]);
  await pieces[0].end();
  assert.deepEqual(begun(pieces), [true, true, false]);
  await pieces[1].end();
  assert.deepEqual(begun(pieces), [true, true, true]);
  await pieces[2].end();
  assert.deepEqual(await all, ["small", "large", "exact"]);
});

Deno.test("after a failure nothing is begun, and what runs is waited for", async () => {
  const pieces = [new Piece("a"), new Piece("b"), new Piece("c")] as const;
  let over = false;
  const all = assert.rejects(inLanes(pieces, { lanes: 2, memoryMiB: 10 }), /a/).then(() => over = true);
  await pieces[0].fail();
  assert.deepEqual([over, pieces[2].begun], [false, false]);
  await pieces[1].end();
  await all;
  assert.equal(pieces[2].begun, false);
});
