import fc from "fast-check";
import assert from "node:assert/strict";
import {
  formatQuantity,
  parseQuantity,
  parseWholeBytes,
  QuantityError,
  type QuantityProblem,
} from "../../../core/values/quantity.ts";

const maxBytes = (1n << 63n) - 1n;
const bytes = fc.oneof(
  fc.bigInt(0n, maxBytes),
  fc.tuple(fc.bigInt(0n, 8191n), fc.integer({ min: 0, max: 50 })).map(([count, bits]) =>
    count << BigInt(bits)
  ),
);

/** The verdict on a text: its bytes, or what is wrong with it. */
function verdict(parse: (text: string) => bigint, text: string): bigint | QuantityProblem {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof QuantityError) return error.problem;
    throw error;
  }
}

/** The value of each suffix as a fraction, written out one by one. */
const factors: Record<string, readonly [bigint, bigint]> = {
  "n": [1n, 1_000_000_000n],
  "u": [1n, 1_000_000n],
  "m": [1n, 1000n],
  "": [1n, 1n],
  "k": [1000n, 1n],
  "M": [1_000_000n, 1n],
  "G": [1_000_000_000n, 1n],
  "T": [1_000_000_000_000n, 1n],
  "P": [1_000_000_000_000_000n, 1n],
  "E": [1_000_000_000_000_000_000n, 1n],
  "Ki": [1024n, 1n],
  "Mi": [1_048_576n, 1n],
  "Gi": [1_073_741_824n, 1n],
  "Ti": [1_099_511_627_776n, 1n],
  "Pi": [1_125_899_906_842_624n, 1n],
  "Ei": [1_152_921_504_606_846_976n, 1n],
};

/** Reads a quantity as the grammar of Kubernetes says, one character after the other, as a fraction. */
function slowVerdict(text: string): bigint | QuantityProblem {
  if (text === "") return "empty";
  const characters = [...text];
  const negative = characters[0] === "-";
  if (characters[0] === "-" || characters[0] === "+") characters.shift();
  let [numerator, denominator, digits, dots] = [0n, 1n, 0, 0];
  for (; characters[0] !== undefined && "0123456789.".includes(characters[0]); characters.shift()) {
    if (characters[0] === ".") dots++;
    else {
      digits++;
      numerator = numerator * 10n + BigInt(characters[0]);
      if (dots > 0) denominator *= 10n;
    }
  }
  const suffix = characters.join("");
  const exponent = "eE".includes(suffix[0] ?? "?") ? suffix.slice(1) : "";
  const unsigned = exponent.replace(/^[+-]/, "");
  let factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  if (
    factor === undefined && unsigned !== "" && [...unsigned].every((digit) => digit >= "0" && digit <= "9")
  ) {
    const power = 10n ** BigInt(unsigned);
    factor = exponent.startsWith("-") ? [1n, power] : [power, 1n];
  }
  if (digits === 0 || dots > 1 || factor === undefined) return "malformed";

  numerator *= factor[0];
  denominator *= factor[1];
  if (numerator === 0n) return 0n;
  if (negative) return "negative";
  if (numerator % denominator !== 0n) return "fractional";
  return numerator / denominator > maxBytes ? "overflow" : numerator / denominator;
}

for (
  const [text, expected] of Object.entries({
    "512Mi": 536870912n,
    "1Gi": 1073741824n,
    "1e3": 1000n,
    "1E3": 1000n,
    "128974848": 128974848n,
    "129M": 129000000n,
    "1E": 10n ** 18n,
    "1.5Gi": 1610612736n,
    ".5Ki": 512n,
    "5.": 5n,
    "2000m": 2n,
    "3000000000n": 3n,
    "15e-1Ki": "malformed",
    "0": 0n,
    "-0": 0n,
    "0e-999999": 0n,
    "9223372036854775807": maxBytes,
    "9223372036854775808": "overflow",
    "8Ei": "overflow",
    "1e999999999": "overflow",
    "1500m": "fractional",
    "0.1Ki": "fractional",
    "1e-999999999": "fractional",
    "-1": "negative",
    "-1500m": "negative",
    "": "empty",
    " 1": "malformed",
    "1 Mi": "malformed",
    "1Mi\n": "malformed",
    "1K": "malformed",
    "1ki": "malformed",
    "1mi": "malformed",
    "1MB": "malformed",
    "1e": "malformed",
    "1e1.5": "malformed",
    "0x10": "malformed",
    "1_000": "malformed",
    "1,5": "malformed",
    "１": "malformed",
    "Infinity": "malformed",
    ".": "malformed",
    "+": "malformed",
  })
) {
  Deno.test(`the quantity ${JSON.stringify(text)} is ${expected}`, () => {
    assert.equal(verdict(parseQuantity, text), expected);
  });
}

Deno.test("what was printed is read as the same number of bytes", () => {
  fc.assert(fc.property(bytes, (value) => assert.equal(parseQuantity(formatQuantity(value)), value)));
});

Deno.test("quantities are printed in the one form that the API server hands back", () => {
  const forms: [bigint, string][] = [[0n, "0"], [1000n, "1000"], [1024n, "1Ki"], [1536n << 20n, "1536Mi"], [
    1n << 62n,
    "4Ei",
  ]];
  for (const [value, text] of forms) assert.equal(formatQuantity(value), text);
  fc.assert(fc.property(bytes, (value) => {
    const [, count = "", unit = ""] = /^(\d+)(|[KMGTPE]i)$/.exec(formatQuantity(value)) ?? [];
    assert.ok(count === "0" || unit === "Ei" || BigInt(count) % 1024n !== 0n);
  }));
});

Deno.test("quantities mean what Kubernetes means by them", () => {
  const digits = fc.stringMatching(/^\d{0,22}$/);
  const number = fc.tuple(fc.constantFrom("", "", "", "-", "+"), digits, fc.constantFrom("", "", "."), digits)
    .map((parts) => parts.join(""));
  const exponent = fc.tuple(fc.constantFrom("e", "E", "e+", "E-"), fc.integer({ min: 0, max: 120 }))
    .map((parts) => parts.join(""));
  const suffix = fc.oneof(fc.constantFrom(...Object.keys(factors)), exponent);
  const texts = fc.tuple(number, suffix).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => assert.equal(verdict(parseQuantity, text), slowVerdict(text))),
    { numRuns: 1000 },
  );
});

Deno.test("any text is a quantity or a QuantityError, as Kubernetes has it", () => {
  const unit = fc.constantFrom(..."0123456789.+-eEinumkKMGTPx ");
  const texts = fc.string({ unit, maxLength: 6 }).filter((text) => !/[eE][+-]?\d{4}/.test(text));
  fc.assert(
    fc.property(texts, (text) => assert.equal(verdict(parseQuantity, text), slowVerdict(text))),
    { numRuns: 1000 },
  );
});

Deno.test("a text of very many digits does not hold up the reader", () => {
  // Anyone who may create a pod can send such a text. A reader of square time takes half a minute for it.
  const digits = "1".repeat(130_000);
  assert.equal(verdict(parseQuantity, `${digits}!`), "malformed");
  assert.equal(verdict(parseQuantity, `${digits}.${digits}!`), "malformed");
  assert.equal(verdict(parseQuantity, digits), "overflow");
  assert.equal(verdict(parseQuantity, `.${digits}`), "fractional");
});

Deno.test("a refused quantity is named with the text and what to write", () => {
  assert.throws(() => parseQuantity("1K"), {
    name: "QuantityError",
    message: 'Cannot use as a number of bytes: "1K" (write it as 512Mi, 1Gi, 129M, 1e3 or 4096)',
  });
});

Deno.test("a unit without a number is 0 of it where the API is read, and refused where a person writes to us", () => {
  for (const text of ["Gi", "k", "E", "e3", "+", "-", ".", "-.Gi"]) {
    assert.equal(parseWholeBytes(text), 0n, text);
    assert.throws(() => parseQuantity(text), QuantityError, text);
  }
  for (const text of ["", "e", "++", "..", "GiB"]) {
    assert.throws(() => parseWholeBytes(text), QuantityError, text);
  }
});
