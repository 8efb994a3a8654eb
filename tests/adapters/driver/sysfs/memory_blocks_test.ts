import assert from "node:assert/strict";
import { memoryBlocks, parseBlockSize } from "../../../../adapters/driver/sysfs/memory_blocks.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";
import { assertOnlyContentErrors, mixed } from "./support.ts";

Deno.test("the size of a block is in hexadecimal", () => {
  assert.equal(parseBlockSize("8000000"), 128n << 20n);
  assert.equal(parseBlockSize("1000000000"), 64n << 30n);
});

Deno.test("what is no size of a block is refused with its beginning", () => {
  for (const text of ["", "0", "0x80", "-8", "8000000 kB", "1".repeat(17)]) {
    assert.throws(
      () => parseBlockSize(text),
      new ParseError(`expected a size in hexadecimal, found "${text}"`),
    );
  }
  assertOnlyContentErrors(mixed("8", "f", "0x", " ", "\n"), parseBlockSize);
});

Deno.test("block M begins at M times the size of a block, and what else a node's directory has is none", () => {
  const names = ["memory0", "cpu1", "memory_failure", "memory_side_cache", "memory32", "meminfo", "memory1x"];
  assert.deepEqual(memoryBlocks(names, 128n << 20n), [
    { start: 0n, end: 128n << 20n },
    { start: 4n << 30n, end: (4n << 30n) + (128n << 20n) },
  ]);
});
