import type * as v from "valibot";

/** What valibot expects, in words. */
const wanted: ReadonlyMap<string, string> = new Map([
  ["Array", "a list"],
  ["Object", "a mapping"],
  ["boolean", "true or false"],
  ["number", "a number"],
  ["string", "a text"],
]);

/**
 * What is wrong with a field of a document that a person wrote, with its place in it: `spec.requests[0].count: a number is
 * wanted`, or what its schema says of a value. What stands there is not told: it can be a secret, or of any length.
 */
export function fieldMistake({ path, kind, message, expected, received }: v.BaseIssue<unknown>): string {
  const place = (path ?? []).map(({ key }) => typeof key === "number" ? `[${key}]` : `.${key}`).join("")
    .slice(1);
  const what = wanted.get(expected ?? "") ?? expected ?? "another value";
  if (place === "") return `it is no ${what.replace(/^a /, "")}`;
  if (received === "undefined") return `${place}: it is missing`;
  return `${place}: ${kind === "validation" ? message : `${what} is wanted`}`;
}
