import fc from "fast-check";
import assert from "node:assert/strict";
import { layOut } from "../../../cmd/ui/table_layout.ts";

const rows = [
  ["FOR", "SET IN", "CHANGE TO"],
  ["hugepage limits", "/etc/containerd/conf.d/99-dramemory.toml", "false"],
];

Deno.test("columns are as wide as their widest cell where nothing has to fit", () => {
  assert.equal(
    layOut(rows),
    "FOR              SET IN                                    CHANGE TO\n" +
      "hugepage limits  /etc/containerd/conf.d/99-dramemory.toml  false",
  );
});

Deno.test("where they have to fit, the widest ones go on in further lines", () => {
  assert.equal(
    layOut(rows, 50),
    "FOR              SET IN                  CHANGE TO\n" +
      "hugepage limits  /etc/containerd/        false\n" +
      "                 conf.d/\n" +
      "                 99-dramemory.toml",
  );
});

Deno.test("a name that is wider than a line is broken between its parts", () => {
  assert.equal(
    layOut([["dra.memory-claim_0c01e379.json", "y"]], 22),
    "dra.memory-claim_    y\n0c01e379.json",
  );
});

Deno.test("what is broken where there is no blank goes on behind the last letter that fits", () => {
  assert.equal(
    layOut([["x".repeat(30), "y"]], 15),
    `${"x".repeat(12)}  y\n${"x".repeat(12)}\n${"x".repeat(6)}`,
  );
});

Deno.test("a word that fits a line is never broken, a path neither", () => {
  assert.equal(
    layOut([["cannot read /proc/self/mountinfo", "y"]], 25),
    "cannot read             y\n/proc/self/mountinfo",
  );
});

Deno.test("what goes on in further lines stays as far in as it was", () => {
  assert.equal(layOut([["  kubepods/burstable", "y"]], 17), "  kubepods/     y\n  burstable");
});

Deno.test("very many columns come in parts, each with the first one", () => {
  assert.equal(
    layOut([["TO", "0", "1", "2", "3"], ["0", "10", "20", "30", "40"]], 10),
    "TO  0   1\n0   10  20\n\nTO  2   3\n0   30  40",
  );
});

const cell = fc.string({ unit: fc.constantFrom(..."ab ,/"), maxLength: 60 });
const table = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 4 })
);

Deno.test("no letter is lost, and no line is too wide where columns of twelve fit", () => {
  fc.assert(fc.property(table, fc.integer({ min: 70, max: 120 }), (rows, width) => {
    const text = layOut(rows, width);
    assert.ok(text.split("\n").every((line) => line.length <= width));
    const letters = (text: string) => [...text.replace(/\s/g, "")].sort().join("");
    assert.equal(letters(text), letters(rows.flat().join("")));
  }));
});
