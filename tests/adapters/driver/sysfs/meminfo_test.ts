import fc from "fast-check";
import assert from "node:assert/strict";
import { parseMemTotal } from "../../../../adapters/driver/sysfs/meminfo.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { assertOnlyContentErrors, mixed } from "./support.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";

const node1 = numaNodeId(1);

Deno.test("MemTotal of the machine is read in bytes", () => {
  assert.equal(parseMemTotal("MemTotal:       24684084 kB\nMemFree:        24222472 kB\n"), 25276502016n);
});

Deno.test("MemTotal of a node is read in bytes", () => {
  const text = "Node 1 MemTotal:        4548812 kB\nNode 1 MemFree:         4045396 kB\n";
  assert.equal(parseMemTotal(text, node1), 4657983488n);
});

Deno.test("a node without memory has zero bytes", () => {
  assert.equal(parseMemTotal("Node 1 MemTotal:              0 kB\n", node1), 0n);
});

Deno.test("a file without the line is refused with the line that it lacks", () => {
  assert.throws(
    () => parseMemTotal("Node 1 MemFree:  1 kB\n", node1),
    new ParseError('has no line "Node 1 MemTotal: <number> kB"'),
  );
});

for (
  const text of [
    "",
    "Node 0 MemTotal: 1 kB\n",
    "Node 11 MemTotal: 1 kB\n",
    "MemTotal: 1 kB\n",
    "Node 1 MemTotal: 1\n",
    "Node 1 MemTotal: 1 MB\n",
    "Node 1 MemTotal: -1 kB\n",
    "Node 1 MemTotal: kB\n",
    `Node 1 MemTotal: ${"9".repeat(16)} kB\n`,
  ]
) {
  Deno.test(`${JSON.stringify(text)} does not tell the memory of node 1`, () => {
    assert.throws(() => parseMemTotal(text, node1), ParseError);
  });
}

Deno.test("every amount is read exactly, wherever the line stands", () => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 15n - 1n), fc.boolean(), (kibibytes, first) => {
    const line = `MemTotal:  ${kibibytes} kB\n`, other = "MemFree:  7 kB\n";
    assert.equal(parseMemTotal(first ? line + other : other + line), kibibytes * 1024n);
  }));
});

Deno.test("any text is an amount or a ParseError", () => {
  assertOnlyContentErrors(mixed("Node 1 ", "MemTotal:", " ", " kB", "\n"), (text) => parseMemTotal(text));
});
