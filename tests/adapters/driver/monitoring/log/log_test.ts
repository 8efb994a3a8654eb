import assert from "node:assert/strict";
import { reset } from "@logtape/logtape";
import fc from "fast-check";
import { configureLogging, formatText, log } from "../../../../../adapters/driver/monitoring/log/log.ts";
import { linesOf } from "./_lines.ts";

Deno.test("a line of text has the time, the level, the message and each field", async () => {
  const [line = ""] = await linesOf(
    formatText,
    (logger) => logger.info("claim prepared", { uid: "u", n: 3 }),
  );
  assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO claim prepared uid=u n=3\n$/);
});

for (
  const [value, printed] of [
    ["", '""'],
    ["two words", '"two words"'],
    ['a"b', '"a\\"b"'],
    ["a=b", '"a=b"'],
    ["one\ntwo", '"one\\ntwo"'],
    ["\x1b[31mred", '"\\u001b[31mred"'],
    ["\x9b31mred", '"\\u009b31mred"'],
    ["a\u202eb", '"a\\u202eb"'],
    ["a\u2028b", '"a\\u2028b"'],
    ["größe/17", "größe/17"],
  ] as const
) {
  Deno.test(`the value ${JSON.stringify(value)} is written as ${printed}`, async () => {
    assert.equal(await written(value), printed);
  });
}

Deno.test("any value is one word or a JSON string that reads back, without control characters", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
    const text = await written(value);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    if (text.startsWith('"')) assert.equal(JSON.parse(text), value);
    else assert.equal(text, value);
  }));
});

Deno.test("every container is logged at verbosity 4, what happens to claims at any", async () => {
  const levels = [];
  for (const verbosity of [0, 3, 4, 9]) {
    await configureLogging("json", verbosity);
    levels.push([log.isEnabledFor("info"), log.isEnabledFor("debug")]);
  }
  await reset();
  assert.deepEqual(levels, [[true, false], [true, false], [true, true], [true, true]]);
});

/** How a value of a field is written. */
async function written(value: string): Promise<string> {
  const [line = ""] = await linesOf(formatText, (logger) => logger.info("message", { value }));
  return line.slice(line.indexOf("value=") + "value=".length, -1);
}
