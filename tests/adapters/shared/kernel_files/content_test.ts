import fc from "fast-check";
import assert from "node:assert/strict";
import { excerpt, parseCount, withoutPadding } from "../../../../adapters/shared/kernel_files/content.ts";
import { assertOnlyContentErrors, mixed } from "../../driver/sysfs/support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

Deno.test("a number is read with and without its line break, and with padding", () => {
  assert.equal(parseCount("512\n"), 512n);
  assert.equal(parseCount("0"), 0n);
  assert.equal(parseCount("512\n\0\0\0"), 512n);
  assert.equal(parseCount("512 \0\n"), 512n);
});

Deno.test("padding is what stands behind a text, not within it", () => {
  assert.equal(withoutPadding("a\0b \n\0 \0\n"), "a\0b");
  assert.equal(withoutPadding("\0\0"), "");
});

for (
  const text of ["", "\n", "abc\n", "-1\n", "1.5\n", "0x10\n", " 1\n", "1\n2\n", "1 kB\n", "9".repeat(19)]
) {
  Deno.test(`${JSON.stringify(text)} is no number`, () => {
    assert.throws(() => parseCount(text), ParseError);
  });
}

Deno.test("a refused number is named with what was found", () => {
  assert.throws(() => parseCount("abc\n"), new ParseError('expected a number, found "abc"'));
});

Deno.test("every number of up to 18 digits is read exactly", () => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 18n - 1n), (n) => assert.equal(parseCount(`${n}\n`), n)));
});

Deno.test("any text is a number or a ParseError", () => {
  assertOnlyContentErrors(mixed("0", "-", "\n", "e1", "n"), parseCount);
});

Deno.test("a text is cut after 60 characters for messages", () => {
  assert.equal(excerpt("x".repeat(70)), `"${"x".repeat(60)}…"`);
  assert.equal(excerpt(" x\n"), '"x"');
});
