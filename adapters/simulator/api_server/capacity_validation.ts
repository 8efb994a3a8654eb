import { parseQuantity, QuantityError } from "../../../core/values/quantity.ts";
import type { SpecCapacity } from "./slice_schema.ts";
import type { FieldProblem } from "./status.ts";

type Policy = NonNullable<SpecCapacity["requestPolicy"]>;
type Range = NonNullable<Policy["validRange"]>;

const maxValidValues = 10;

/**
 * What is wrong with a capacity. How much of it a claim can ask for is checked as the API server does for
 * devices that several claims share (KEP-5075).
 */
export function validateCapacity(
  { value, requestPolicy }: SpecCapacity,
  shared: boolean,
  field: string,
): FieldProblem[] {
  try {
    const total = parseQuantity(value);
    if (requestPolicy === undefined) return [];
    const at = `${field}.requestPolicy`;
    if (!shared) return [{ field: at, message: "must not be set without allowMultipleAllocations" }];
    return validatePolicy(requestPolicy, total).map(({ field, message }) => ({
      field: `${at}${field}`,
      message,
    }));
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    return [{ field, message: `quantities must be whole numbers of bytes, not ${error.text}` }];
  }
}

/** Fields are relative to the policy. */
function validatePolicy(
  { default: byDefault, validValues, validRange }: Policy,
  total: bigint,
): FieldProblem[] {
  if (validValues === undefined && validRange === undefined) return [];
  if (validValues !== undefined && validRange !== undefined) {
    return [{ field: "", message: "only one of `validValues` and `validRange` is allowed" }];
  }
  if (byDefault === undefined) return [{ field: ".default", message: "is required" }];
  const wanted = parseQuantity(byDefault);
  return validValues === undefined
    ? validateRange(validRange, wanted, total)
    : validateValues(validValues.map(parseQuantity), wanted, total);
}

function validateValues(values: readonly bigint[], wanted: bigint, total: bigint): FieldProblem[] {
  const field = ".validValues";
  return failed([
    [values.length > 0 && values.length <= maxValidValues, field, `must have 1 to ${maxValidValues} items`],
    [values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0n)), field, "must ascend"],
    [values.every((value) => value <= total), field, "must not exceed the capacity's value"],
    [values.includes(wanted), ".default", "must be one of validValues"],
  ]);
}

function validateRange(range: Range | undefined, wanted: bigint, total: bigint): FieldProblem[] {
  if (range === undefined) return [];
  const min = parseQuantity(range.min);
  const max = range.max === undefined ? total : parseQuantity(range.max);
  const step = range.step === undefined ? undefined : parseQuantity(range.step);
  const field = ".validRange";
  const problems = failed([
    [min <= wanted && wanted <= max, ".default", "must be between min and max"],
    [min <= max && max <= total, field, "must hold min <= max <= the capacity's value"],
    [step === undefined || step > 0n, `${field}.step`, "must be above 0"],
  ]);
  if (step === undefined || step <= 0n) return problems;
  return [
    ...problems,
    ...failed([
      [min + step <= total, `${field}.step`, "one step above min must not exceed the capacity's value"],
      [(wanted - min) % step === 0n, ".default", "must be min and a number of steps"],
      [
        range.max === undefined || (max - min) % step === 0n,
        `${field}.max`,
        "must be min and a number of steps",
      ],
    ]),
  ];
}

/** The problems of those rules that do not hold. */
function failed(
  rules: readonly (readonly [holds: boolean, field: string, message: string])[],
): FieldProblem[] {
  return rules.filter(([holds]) => !holds).map(([, field, message]) => ({ field, message }));
}
