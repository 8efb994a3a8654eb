import type { Environment } from "@marcbachmann/cel-js";
import { parseParts, QuantityError } from "../../../core/values/quantity.ts";

const decimals = 9;
const one = 10n ** BigInt(decimals);

/** A quantity in expressions, exact to the nano, which is all that Kubernetes keeps. */
export class CelQuantity {
  constructor(readonly nanos: bigint) {}

  /** Throws {@link QuantityError}. */
  static parse(text: string): CelQuantity {
    return new CelQuantity(parseParts(text, decimals));
  }
}

/** Adds the functions of k8s.io/apiserver/pkg/cel/library/quantity.go. */
export function addQuantities(environment: Environment): void {
  environment
    .registerType("Quantity", { ctor: CelQuantity, fields: {} })
    .registerFunction("quantity(string): Quantity", CelQuantity.parse)
    .registerFunction("isQuantity(string): bool", isQuantity)
    .registerFunction("sign(Quantity): int", (a: CelQuantity) => compare(a.nanos, 0n))
    .registerFunction("Quantity.isInteger(): bool", (a: CelQuantity) => a.nanos % one === 0n)
    .registerFunction("Quantity.asInteger(): int", (a: CelQuantity) => {
      if (a.nanos % one !== 0n) throw new Error("cannot convert value to integer");
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
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos + b.nanos),
    )
    .registerFunction(
      "Quantity.add(int): Quantity",
      (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos + b * one),
    )
    .registerFunction(
      "Quantity.sub(Quantity): Quantity",
      (a: CelQuantity, b: CelQuantity) => new CelQuantity(a.nanos - b.nanos),
    )
    .registerFunction(
      "Quantity.sub(int): Quantity",
      (a: CelQuantity, b: bigint) => new CelQuantity(a.nanos - b * one),
    )
    .registerOperator("Quantity == Quantity", (a: CelQuantity, b: CelQuantity) => a.nanos === b.nanos);
}

function isQuantity(text: string): boolean {
  try {
    CelQuantity.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return false;
  }
}

function compare(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n;
}
