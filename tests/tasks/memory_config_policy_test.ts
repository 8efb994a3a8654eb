import assert from "node:assert/strict";
import { policyRules, UnknownKeywordError } from "../../tasks/memory_config_policy.ts";

/** The rules of an object with one field. */
function rulesOf(field: object): string[] {
  const schema = { type: "object", properties: { a: field }, required: [], additionalProperties: false };
  return policyRules(schema).map(({ expression, message }) => `${expression}: ${message}`);
}

const prefix = "variables.configs.all(c, ";
const says = "MemoryConfig of dra.memory:";
for (
  const [field, expected] of [
    [{ const: "x" }, `${prefix}!(has(c.a)) || c.a == "x"): ${says} a must be x`],
    [
      { type: "string", enum: ["x", "y"] },
      `${prefix}!(has(c.a)) || type(c.a) == string && c.a in ["x","y"]): ${says} a must be one of x, y`,
    ],
    [{ type: "boolean" }, `${prefix}!(has(c.a)) || type(c.a) == bool): ${says} a must be true or false`],
    [{ enum: ["x", "y"] }, `${prefix}!(has(c.a)) || c.a in ["x","y"]): ${says} a must be one of x, y`],
    [
      { type: "integer", minimum: 1, maximum: 9 },
      `${prefix}!(has(c.a)) || type(c.a) == int && c.a >= 1 && c.a <= 9): ${says} a must be a whole number from 1 up to 9`,
    ],
    [
      { anyOf: [{ const: 0 }, { type: "string", pattern: "^[0-9]+$" }] },
      `${prefix}!(has(c.a)) || ((c.a == 0) || (type(c.a) == string && c.a.matches("^[0-9]+$")))): ` +
      `${says} a must be 0 or a text that matches ^[0-9]+$`,
    ],
    [
      { type: "array", items: { type: "integer" }, maxItems: 4, description: "What it is." },
      `${prefix}!(has(c.a)) || type(c.a) == list && c.a.all(item, type(item) == int) && size(c.a) <= 4): ` +
      `${says} a must be a list of which each is a whole number of at most 4. What it is.`,
    ],
  ] as const
) {
  Deno.test(`a rule is made of ${JSON.stringify(field)}`, () => {
    assert.deepEqual(rulesOf(field).slice(1), [expected]);
  });
}

Deno.test("a field of a field is judged only where what it stands in is an object", () => {
  const inner = {
    type: "object",
    properties: { b: { type: "boolean" } },
    required: ["b"],
    additionalProperties: false,
  };
  const inside = "!(has(c.a) && type(c.a) == map) || ";
  assert.deepEqual(rulesOf(inner), [
    `${prefix}c.all(name, name in ["a"])): ${says} unknown field (allowed here: a)`,
    `${prefix}!(has(c.a)) || type(c.a) == map): ${says} a must be an object`,
    `${prefix}${inside}c.a.all(name, name in ["b"])): ${says} unknown field in a (allowed here: b)`,
    `${prefix}${inside}has(c.a.b)): ${says} a.b is missing`,
    `${prefix}!(has(c.a) && type(c.a) == map && has(c.a.b)) || type(c.a.b) == bool): ${says} a.b must be true or false`,
  ]);
});

for (
  const [what, field] of [
    ["a keyword", { type: "string", format: "email" }],
    ["a type", { type: "number" }],
    ["a pattern that looks around", { type: "string", pattern: "^(?!x)" }],
    ["an object that takes any field", { type: "object", properties: {}, required: [] }],
    ["a field by the name of one of CEL's words", {
      type: "object",
      properties: { in: { type: "string" } },
      additionalProperties: false,
    }],
  ] as const
) {
  Deno.test(`${what} that no rule can be made of is refused, instead of left out`, () => {
    assert.throws(() => rulesOf(field), UnknownKeywordError);
  });
}
