import * as v from "valibot";
import { parseQuantity, QuantityError } from "../../../core/values/quantity.ts";

/** A field that may be missing, null or a list. */
export function list<T extends v.GenericSchema>(item: T) {
  return v.nullish(v.array(item), []);
}

/** A field that may be missing, null or a map of texts. */
export const texts = v.nullish(v.record(v.string(), v.string()), {});

/** A text that may be missing. */
export const text = v.optional(v.string(), "");

/** An amount in the form of a Kubernetes quantity, which files can have as a number. */
export const quantity = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.transform(String))]),
  v.check(isQuantity, "an amount as in 64Mi is wanted"),
);

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    // What is no whole number of bytes is an amount all the same.
    return error.problem !== "malformed" && error.problem !== "empty";
  }
}

export const toleration = v.object({ key: text, operator: text, value: text, effect: text });
export const taint = v.object({ key: v.string(), value: text, effect: text });
export const consumer = v.object({ apiGroup: text, resource: v.string(), name: v.string(), uid: v.string() });
