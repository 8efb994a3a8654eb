import { type ASTNode, type Environment, EvaluationError } from "@marcbachmann/cel-js";
import { parseParts, QuantityError } from "../../../core/values/quantity.ts";

const decimals = 9;
const one = 10n ** BigInt(decimals);

/**
 * Whether apimachinery's `AsInt64` gives an integer of what is written so: not with a point or a suffix below one, and only
 * where its digits and the suffix come to few enough decimal digits, so that `99Ti` is one and `100Ti` is not.
 */
function isWrittenAsInteger(text: string): boolean {
  const [, digits, binary] = integerForm.exec(text) ?? [];
  if (digits === undefined) return false;
  if (binary === undefined) return digits.length <= 18;
  const decimals = Math.floor(10 * ("KMGTPE".indexOf(binary) + 1) * 0.3);
  return digits.length + decimals + 1 <= 15;
}

const integerForm = /^[+-]?(\d*)(?:[eE]\+?\d+|[kMGTPE]|([KMGTPE])i)?$/;
const maxInteger = 2n ** 63n - 1n;

/** A quantity in expressions, exact to the nano, which is all that Kubernetes keeps. */
export class CelQuantity {
  constructor(
    readonly nanos: bigint,
    readonly writtenAsInteger = true,
    /** Whether `add` or `sub` gave it, which there is a pointer to a quantity, and none for `Equal`. */
    readonly isComputed = false,
  ) {}

  plus(nanos: bigint, writtenAsInteger = true): CelQuantity {
    return new CelQuantity(this.nanos + nanos, this.writtenAsInteger && writtenAsInteger, true);
  }

  /** Throws an {@link EvaluationError}. */
  static parse(text: string): CelQuantity {
    try {
      return new CelQuantity(parseParts(text, decimals), isWrittenAsInteger(text));
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      throw new EvaluationError(error.message);
    }
  }

  get isInteger(): boolean {
    const { nanos, writtenAsInteger } = this;
    return writtenAsInteger && nanos % one === 0n && nanos / one <= maxInteger && nanos / one >= -maxInteger;
  }
}

/** Adds the functions of k8s.io/apiserver/pkg/cel/library/quantity.go. */
export function addQuantities(environment: Environment): void {
  environment
    .registerType("Quantity", { ctor: CelQuantity, fields: {} })
    .registerFunction("quantity(string): Quantity", CelQuantity.parse)
    .registerFunction("isQuantity(string): bool", isQuantity)
    .registerFunction("sign(Quantity): int", (a: CelQuantity) => compare(a.nanos, 0n))
    .registerFunction("Quantity.isInteger(): bool", (a: CelQuantity) => a.isInteger)
    .registerFunction("Quantity.asInteger(): int", (a: CelQuantity) => {
      if (!a.isInteger) throw new EvaluationError("cannot convert value to integer");
      return a.nanos / one;
    })
    .registerFunction("Quantity.asApproximateFloat(): double", (a: CelQuantity) => Number(a.nanos) / 1e9)
    .registerFunction(
      "Quantity.compareTo(Quantity): int",
      (a: CelQuantity, b: CelQuantity) => compare(a.nanos, b.nanos),
    )
    .registerFunction(
      "Quantity.isGreaterThan(Quantity): bool",
      (a: CelQuantity, b: CelQuantity) => a.nanos > b.nanos,
    )
    .registerFunction(
      "Quantity.isLessThan(Quantity): bool",
      (a: CelQuantity, b: CelQuantity) => a.nanos < b.nanos,
    )
    .registerFunction(
      "Quantity.add(Quantity): Quantity",
      (a: CelQuantity, b: CelQuantity) => a.plus(b.nanos, b.writtenAsInteger),
    )
    .registerFunction("Quantity.add(int): Quantity", (a: CelQuantity, b: bigint) => a.plus(b * one))
    .registerFunction(
      "Quantity.sub(Quantity): Quantity",
      (a: CelQuantity, b: CelQuantity) => a.plus(-b.nanos, b.writtenAsInteger),
    )
    .registerFunction("Quantity.sub(int): Quantity", (a: CelQuantity, b: bigint) => a.plus(-b * one))
    .registerOperator("Quantity == Quantity", areEqual);
}

/**
 * As `Equal` of k8s.io/apiserver/pkg/cel/quantity.go has it, which errs where what stands on the right was computed; for
 * `!=` and `in` what errs is not equal.
 */
function areEqual(a: CelQuantity, b: CelQuantity, node?: ASTNode): boolean {
  if (!b.isComputed) return a.nanos === b.nanos;
  if (node?.op !== "==") return false;
  throw new EvaluationError("no such overload: Quantity == a computed Quantity");
}

function isQuantity(text: string): boolean {
  try {
    CelQuantity.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return false;
  }
}

function compare(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n;
}
