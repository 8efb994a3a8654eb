import fc from "fast-check";
import assert from "node:assert/strict";
import { layOut, wrap } from "../../../cmd/ui/table_layout.ts";

const rows = [
  ["FOR", "SET IN", "CHANGE TO"],
  ["hugepage limits", "/etc/containerd/conf.d/zz-dramemory.toml", "false"],
];

Deno.test("columns are as wide as their widest cell where nothing has to fit", () => {
  assert.equal(
    layOut(rows),
    "FOR              SET IN                                    CHANGE TO\n" +
      "hugepage limits  /etc/containerd/conf.d/zz-dramemory.toml  false",
  );
});

Deno.test("where they have to fit, the widest ones go on in further lines, and a path stays whole", () => {
  assert.equal(
    layOut(rows, 65),
    "FOR           SET IN                                    CHANGE TO\n" +
      "hugepage      /etc/containerd/conf.d/zz-dramemory.toml  false\n" +
      "limits",
  );
});

Deno.test("names that cannot stay whole go on behind a hyphen: what differs in their middles is seen", () => {
  const rows = ["1g", "2m"].map((size) => [`hugepages-${size}-numa0`, "1Gi"]);
  assert.equal(
    layOut(rows, 18),
    "hugepages-1g-  1Gi\n" +
      "numa0\n" +
      "hugepages-2m-  1Gi\n" +
      "numa0",
  );
});

Deno.test("a path that cannot stay whole beside the other columns loses its middle", () => {
  assert.equal(
    layOut(rows, 50),
    "FOR           SET IN                     CHANGE TO\n" +
      "hugepage      /etc/contain…amemory.toml  false\n" +
      "limits",
  );
});

Deno.test("a list of ids goes on behind a comma", () => {
  assert.equal(layOut([["0-15,32-47,64-79,96-111", "y"]], 16), "0-15,32-47,    y\n64-79,96-111");
});

Deno.test("a word that fits a line is never broken, a path neither", () => {
  assert.equal(
    layOut([["cannot read /proc/self/mountinfo", "y"]], 25),
    "cannot read             y\n/proc/self/mountinfo",
  );
});

Deno.test("what goes on in further lines stays as far in as it was", () => {
  assert.equal(layOut([["  kubepods and burstable", "y"]], 17), "  kubepods and  y\n  burstable");
});

Deno.test("a word that is wider than a terminal stays whole outside of tables", () => {
  assert.deepEqual(wrap("Cannot read /very/long/path: denied", 12), [
    "Cannot read",
    "/very/long/path:",
    "denied",
  ]);
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

Deno.test("no line is too wide where columns of twelve fit, and no letter is lost where words do", () => {
  fc.assert(fc.property(table, fc.integer({ min: 70, max: 120 }), (rows, width) => {
    const text = layOut(rows, width);
    assert.ok(text.split("\n").every((line) => line.length <= width));
    const letters = (text: string) => [...text.replace(/\s/g, "")].sort().join("");
    const short = rows.flat().every((cell) => cell.split(/[ ,]/).every((word) => word.length < 12));
    if (short) assert.equal(letters(text), letters(rows.flat().join("")));
  }));
});
