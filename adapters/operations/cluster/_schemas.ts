import * as v from "valibot";

/** A field that may be missing, null or a list. */
export function list<T extends v.GenericSchema>(item: T) {
  return v.nullish(v.array(item), []);
}

/** A field that may be missing, null or a map of texts. */
export const texts = v.nullish(v.record(v.string(), v.string()), {});

/** A text that may be missing. */
export const text = v.optional(v.string(), "");

export const toleration = v.object({ key: text, operator: text, value: text, effect: text });
export const taint = v.object({ key: v.string(), value: text, effect: text });
export const consumer = v.object({ apiGroup: text, resource: v.string(), name: v.string(), uid: v.string() });
