import fc from "fast-check";
import assert from "node:assert/strict";
import {
  type AddressRange,
  addressRange,
  areWithin,
  overlap,
} from "../../../../adapters/driver/sysfs/address_range.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

Deno.test("a range that ends where it begins, or before, is refused", () => {
  for (const end of [16n, 15n]) {
    assert.throws(
      () => addressRange(16n, end),
      new ParseError("has a range of addresses that begins at 0x10 and ends before that"),
    );
  }
});

/** Ranges of addresses below 24, so that many meet. */
const ranges = fc.array(
  fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 4 })).map(([start, size]) =>
    addressRange(BigInt(start), BigInt(start + size))
  ),
  { maxLength: 6 },
);

Deno.test("ranges are within others if each of their addresses is in one of those", () => {
  fc.assert(fc.property(ranges, ranges, (some, others) => {
    assert.equal(areWithin(some, others), addressesOf(some).isSubsetOf(addressesOf(others)));
  }));
});

Deno.test("ranges overlap others if one of their addresses is in one of those", () => {
  fc.assert(fc.property(ranges, ranges, (some, others) => {
    assert.equal(overlap(some, others), !addressesOf(some).isDisjointFrom(addressesOf(others)));
  }));
});

/** Each address by itself. */
function addressesOf(ranges: readonly AddressRange[]): Set<number> {
  return new Set(
    ranges.flatMap(({ start, end }) =>
      Array.from({ length: Number(end - start) }, (_, index) => Number(start) + index)
    ),
  );
}
