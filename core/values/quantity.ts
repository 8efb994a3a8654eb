import { quoted } from "./quoted.ts";
/** Why a quantity was refused. */
export type QuantityProblem = "empty" | "malformed" | "negative" | "fractional" | "overflow";

/** A Kubernetes quantity that is no whole, non-negative number of bytes below 2^63. */
export class QuantityError extends Error {
  override name = "QuantityError";
  constructor(readonly problem: QuantityProblem, readonly text: string) {
    super(`Cannot use as a number of bytes: ${quoted(text)} (${explanations[problem]})`);
  }
}

const explanations: Record<QuantityProblem, string> = {
  empty: "it is empty",
  malformed: "write it as 512Mi, 1Gi, 129M, 1e3 or 4096",
  negative: "it is below zero",
  fractional: "it is not a whole number of bytes",
  overflow: "it is above 2^63-1",
};

const maxBytes = 2n ** 63n - 1n;

/** The power of ten of each decimal suffix. */
const decimalExponents: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryExponents: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

// At most one way to match each text: with two the time grows with the square of a text that anyone may write.
const grammar = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/;

/** More decimal digits than any accepted value needs, and few enough that 10^n stays cheap. */
const maxExponent = 64;

/**
 * Reads a Kubernetes resource quantity as a number of bytes, exactly.
 *
 * Takes the grammar of `k8s.io/apimachinery/pkg/api/resource`: a decimal number followed by a binary suffix
 * (`Ki` … `Ei`), a decimal one (`n` … `E`) or a decimal exponent (`1e3`). Throws {@link QuantityError} for what
 * is not a whole number of bytes between 0 and 2^63-1.
 */
export function parseQuantity(text: string): bigint {
  const { digits, negative, tens, bits } = read(text);
  if (digits === 0n) return 0n;
  if (negative) throw new QuantityError("negative", text);
  if (tens > maxExponent) throw new QuantityError("overflow", text);
  if (tens < -maxExponent - text.length) throw new QuantityError("fractional", text);

  const scaled = digits << bits;
  if (tens >= 0) return checked(scaled * 10n ** BigInt(tens), text);
  const divisor = 10n ** BigInt(-tens);
  if (scaled % divisor !== 0n) throw new QuantityError("fractional", text);
  return checked(scaled / divisor, text);
}

/**
 * Reads any quantity that the API takes as whole bytes, rounded up as `Quantity.Value` of apimachinery does: `0.5` is
 * 1, `-1` is -1, and what is above 2^63-1 stays as large as it is, up to 10^64 times its digits. Throws
 * {@link QuantityError} for what is no quantity.
 */
export function parseWholeBytes(text: string): bigint {
  return parseParts(text, 0);
}

/** A sign, a point or a unit with no digit, as in `Gi`: the API takes it as 0 of them (apimachinery's `parseQuantityString`). */
const withoutDigits = /^[+-]?\.?(?![\d.+-])/;

/** Reads any quantity in units of 10^-`decimals`, see {@link parseWholeBytes}: with 9 of them nothing is rounded. */
export function parseParts(text: string, decimals: number): bigint {
  const { digits, negative, tens: units, bits } = read(text, text.replace(withoutDigits, "0"));
  const tens = units + decimals;
  const scaled = (digits << bits) * 10n ** BigInt(Math.min(Math.max(tens, 0), maxExponent));
  if (tens >= 0) return negative ? -scaled : scaled;
  const divisor = 10n ** BigInt(Math.min(-tens, maxExponent + text.length));
  return negative ? -(scaled / divisor) : (scaled + divisor - 1n) / divisor;
}

/** The parts of a quantity, `digits * 2^bits * 10^tens`, read of `complete` where that says more than what is written. */
function read(
  text: string,
  complete = text,
): { digits: bigint; negative: boolean; tens: number; bits: bigint } {
  if (text === "") throw new QuantityError("empty", text);
  const [, sign, number, exponentText, suffix = ""] = grammar.exec(complete) ?? [];
  if (number === undefined) throw new QuantityError("malformed", text);
  const [whole = "", fraction = ""] = number.split(".");
  const exponent = exponentText === undefined ? decimalExponents[suffix] ?? 0 : Number(exponentText.slice(1));
  return {
    digits: BigInt(whole + fraction),
    negative: sign === "-",
    tens: exponent - fraction.length,
    bits: binaryExponents[suffix] ?? 0n,
  };
}

/** Prints a number of bytes as the shortest exact quantity with a binary suffix: `512Mi`, `1Gi`, `1000`. */
export function formatQuantity(bytes: bigint): string {
  const fitting = Object.entries(binaryExponents).filter(([, bits]) =>
    bytes !== 0n && bytes % (1n << bits) === 0n
  );
  const [suffix, bits] = fitting.at(-1) ?? ["", 0n];
  return `${bytes >> bits}${suffix}`;
}

function checked(bytes: bigint, text: string): bigint {
  if (bytes > maxBytes) throw new QuantityError("overflow", text);
  return bytes;
}
