import fc from "fast-check";
import assert from "node:assert/strict";
import { editToml } from "../../../../adapters/shared/toml/edit_toml.ts";
import { parseToml } from "../../../../adapters/shared/toml/toml_text.ts";
import {
  type ConfigTable,
  type ConfigValue,
  valueAt,
  withChanges,
} from "../../../../core/values/config_table.ts";
import { defaultConfigs } from "../../../containerd_configs/configs.ts";
import { changedLines } from "./lines.ts";

const values: fc.Arbitrary<ConfigValue> = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }),
);

/** A document whose blanks, comments and line ends are any, with tables by name and scalars by key. */
const documents = fc.record({
  newline: fc.constantFrom("\n", "\r\n"),
  tables: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("", "a", "b", "a.c", 'p."x.y"', "p.'x.y'.z", "a.c.d.e"),
      indentation: fc.constantFrom("", "  ", "\t"),
      keys: fc.uniqueArray(fc.constantFrom("k", "l", '"m n"', "o.p", "o.q"), { maxLength: 4 }),
      value: fc.constantFrom(
        "1",
        "true",
        "'#'",
        '"""\n[a]\nk = 1\n"""',
        "[\n 'x', # x\n 'y'\n]",
        "{ r = 1 }",
        "2024-01-01",
      ),
      trailing: fc.constantFrom("", "  ", " # note \t"),
      before: fc.constantFrom([], [""], ["# of the table"], ["", "\t# [q]", ""]),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  ),
}).map(({ newline, tables }) =>
  tables.toSorted((a, b) => Number(a.name !== "") - Number(b.name !== ""))
    .flatMap(({ name, indentation, keys, value, trailing, before }) => [
      ...before,
      ...name === "" ? [] : [`${indentation}[${name}]${trailing}`],
      ...keys.map((key) => `${indentation} ${key}  = ${value}${trailing}`),
    ])
    .join("\n").replaceAll("\n", newline)
);

const paths = fc.constantFrom(
  ["k"],
  ["new"],
  ["a", "k"],
  ["a", "new"],
  ["a", "c", "new"],
  ["a", "c", "d", "new"],
  ["b", "o", "new"],
  ["b", "m n"],
  ["p", "x.y", "l"],
  ["p", "x.y", "z", "new"],
  ["p", "x.y", "w", "new"],
  ["q", "new"],
);

Deno.test("property: setting a key changes that key alone, and takes away no line but its own", () => {
  fc.assert(
    fc.property(documents, paths, values, (text, path, value) => {
      const before = parseToml(text, "before");
      fc.pre(canBeSet(before, path));
      const edited = editToml(text, [{ path, value }], "edited");
      assert.deepEqual(plain(parseToml(edited, "edited")), plain(withChanges(before, [{ path, value }])));
      if (text.includes("\r\n")) assert.doesNotMatch(edited, /(?<!\r)\n/);
      const { removed } = changedLines(text, edited);
      if (valueAt(before, path) === undefined) assert.deepEqual(removed, []);
      else assert.ok(removed.length <= 4, removed.join("\n"));
    }),
    { numRuns: 3000 },
  );
});

for (const [version, text] of Object.entries(defaultConfigs)) {
  Deno.test(`property: in containerd ${version}'s default configuration one key is one line`, () => {
    const leaves = leavesOf(parseToml(text, version), []);
    const anyLeaf = fc.constantFrom(...leaves);
    const newKey = anyLeaf.map((path) => [...path.slice(0, -1), "new_key"]);
    fc.assert(
      fc.property(fc.oneof(anyLeaf, newKey), values, (path, value) => {
        const edited = editToml(text, [{ path, value }], version);
        assert.deepEqual(
          parseToml(edited, version),
          withChanges(parseToml(text, version), [{ path, value }]),
        );
        const { removed, added } = changedLines(text, edited);
        assert.ok(removed.length <= 1 && added.length <= 1);
        assert.ok(
          [...removed, ...added].every((line) => line.includes(path.at(-1) ?? "")),
        );
      }),
      { numRuns: 100 },
    );
  });
}

/** Neither has a setting a scalar above it, nor is it a table. */
function canBeSet(table: ConfigTable, path: readonly string[]): boolean {
  return path.every((_, index) => {
    const value = valueAt(table, path.slice(0, index + 1));
    return value === undefined || isTable(value) === index < path.length - 1;
  });
}

function leavesOf(value: unknown, path: readonly string[]): string[][] {
  if (Array.isArray(value) && value.some(isTable)) return [];
  if (!isTable(value)) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Dates as their texts, so that they compare. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
