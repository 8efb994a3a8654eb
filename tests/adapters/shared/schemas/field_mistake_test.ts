import assert from "node:assert/strict";
import * as v from "valibot";
import { fieldMistake } from "../../../../adapters/shared/schemas/field_mistake.ts";

const schema = v.object({
  name: v.string(),
  kind: v.nullish(v.literal("Config")),
  on: v.optional(v.boolean()),
  list: v.optional(v.array(v.object({ count: v.pipe(v.number(), v.minValue(1, "1 or more is wanted")) }))),
  even: v.optional(v.pipe(v.number(), v.check((value) => value % 2 === 0, "an even number is wanted"))),
});

const mistakes: readonly (readonly [document: unknown, told: string])[] = [
  ["secret", "it is no mapping"],
  [{}, "name: it is missing"],
  [{ name: 12345 }, "name: a text is wanted"],
  [{ name: "a", kind: "Pod" }, 'kind: "Config" is wanted'],
  [{ name: "a", on: "yes" }, "on: true or false is wanted"],
  [{ name: "a", list: "secret" }, "list: a list is wanted"],
  [{ name: "a", list: [{ count: 1 }, { count: "two" }] }, "list[1].count: a number is wanted"],
  [{ name: "a", list: [{ count: 0 }] }, "list[0].count: 1 or more is wanted"],
  [{ name: "a", even: 3 }, "even: an even number is wanted"],
];
for (const [document, told] of mistakes) {
  Deno.test(`what is wrong with ${JSON.stringify(document)}: ${told}`, () => {
    const [issue] = v.safeParse(schema, document).issues ?? [];
    assert.ok(issue !== undefined);
    assert.equal(fieldMistake(issue), told);
  });
}
