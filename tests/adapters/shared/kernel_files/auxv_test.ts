import fc from "fast-check";
import assert from "node:assert/strict";
import { parseAuxvPageSize } from "../../../../adapters/shared/kernel_files/auxv.ts";
import { assertOnlyContentErrors, auxvBytes } from "../../driver/sysfs/support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

for (const size of [4096n, 16384n, 65536n]) {
  for (const littleEndian of [true, false]) {
    Deno.test(`base pages of ${size} bytes are found, ${littleEndian ? "little" : "big"}-endian`, () => {
      assert.equal(
        parseAuxvPageSize(auxvBytes([16n, 0xbfebfbffn, 6n, size, 17n, 100n, 0n, 0n], littleEndian)),
        size,
      );
    });
  }
}

for (
  const [what, words] of Object.entries({
    "nothing": [],
    "no entry 6": [3n, 64n, 0n, 0n],
    "the entry after the end": [0n, 0n, 6n, 4096n],
    "the number 6 as a value": [3n, 6n, 4096n, 1n, 0n, 0n],
    "half an entry": [6n],
    "a size that is no power of two": [6n, 4097n, 0n, 0n],
    "the size 0": [6n, 0n, 0n, 0n],
    "a size that no machine has": [6n, 1n << 40n, 0n, 0n],
  })
) {
  Deno.test(`an auxiliary vector with ${what} is refused`, () => {
    assert.throws(
      () => parseAuxvPageSize(auxvBytes(words)),
      new ParseError("holds no page size (entry AT_PAGESZ)"),
    );
  });
}

Deno.test("a view into a larger buffer is read from its own beginning", () => {
  const bytes = auxvBytes([7n, 6n, 4096n, 0n, 0n]);
  assert.equal(parseAuxvPageSize(bytes.subarray(8)), 4096n);
});

Deno.test("the size is found behind any other entries, in either byte order", () => {
  const entry = fc.tuple(fc.bigInt(7n, 60n), fc.bigInt(0n, (1n << 64n) - 1n));
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 12, max: 16 }), fc.boolean(), (others, bits, little) => {
      const size = 1n << BigInt(bits);
      assert.equal(parseAuxvPageSize(auxvBytes([...others.flat(), 6n, size, 0n, 0n], little)), size);
    }),
  );
});

Deno.test("any bytes are a vector with a page size or a ParseError", () => {
  assertOnlyContentErrors(fc.uint8Array({ maxLength: 64 }), parseAuxvPageSize);
  assertOnlyContentErrors(
    fc.array(fc.constantFrom(0n, 6n, 4096n, 6n << 56n)).map((w) => auxvBytes(w)),
    parseAuxvPageSize,
  );
});
