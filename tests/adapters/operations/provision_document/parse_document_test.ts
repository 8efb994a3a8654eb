import fc from "fast-check";
import assert from "node:assert/strict";
import { formatProvisionDocument } from "../../../../adapters/operations/provision_document/format_document.ts";
import { parseProvisionDocument } from "../../../../adapters/operations/provision_document/parse_document.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { pageSize } from "../../../../core/values/page_size.ts";
import { OperatorError } from "../../../../core/values/operator_error.ts";

/** A document with the given lines below `spec`. */
function spec(...lines: string[]): string {
  return ["kind: HugePageProvision", "metadata: { name: a }", "spec:", ...lines.map((line) => `  ${line}`)]
    .join("\n");
}

Deno.test("a document is read with where each wish stands", () => {
  const text = spec(
    "defaultHugepagesSize: 1G",
    "pages:",
    "- size: 2Mi",
    "  count: 8",
    "- {size: 1048576kB, count: 0, node: 33}",
  );
  assert.deepEqual(parseProvisionDocument(`# pages\napiVersion: v0\n${text}\n`), {
    name: "a",
    pages: [
      { where: "spec.pages[0] (line 8)", pageSize: 2n ** 21n, count: 8n },
      { where: "spec.pages[1] (line 10)", pageSize: 2n ** 30n, count: 0n, numaNode: 33 },
    ],
    defaultPageSize: 2n ** 30n,
  });
});

Deno.test("JSON is read as well, and a size in bytes", () => {
  const json =
    '{"kind":"HugePageProvision","metadata":{"name":"a"},"spec":{"pages":[{"size":65536,"count":1}]}}';
  assert.equal(parseProvisionDocument(json).pages[0]?.pageSize, 65536n);
});

Deno.test("a document without anything in it is told as such, and not by the fields that it lacks", () => {
  for (const text of ["", "\n", "# pages\n", "---\n"]) {
    assert.throws(() => parseProvisionDocument(text), new OperatorError("there is nothing in it"));
  }
});

const pages = (entry: string) => spec("pages:", `- ${entry}`);
const refused: Record<string, [string, string]> = {
  "another kind": [
    pages("{size: 2M, count: 1}").replace("HugePageProvision", "Pod"),
    'line 1, kind: HugePageProvision is wanted, found "Pod"',
  ],
  "no name": [
    pages("{size: 2M, count: 1}").replace("name: a", ""),
    "line 2, metadata.name: it is missing",
  ],
  "a name that is none": [
    pages("{size: 2M, count: 1}").replace("name: a", "name: a b"),
    'line 2, metadata.name: a name of lower-case letters, digits, - and . is wanted, found "a b"',
  ],
  "no pages": [spec("defaultHugepagesSize: 2M"), "line 3, spec.pages: it is missing"],
  "pages that are no list": [spec("pages: 3"), "line 4, spec.pages: a list is wanted, found 3"],
  "an unknown field": [
    pages("{size: 2M, count: 1, nodes: 3}"),
    "line 5, spec.pages[0].nodes: there is no such field (there are size, count, node)",
  ],
  "a missing count": [pages("size: 2M"), "line 5, spec.pages[0].count: it is missing"],
  "an empty count": [
    pages("{size: 2M, count: }"),
    "line 5, spec.pages[0].count: a whole number of pages is wanted, 0 or more, found null",
  ],
  "a negative count": [
    pages("{size: 2M, count: -1}"),
    "line 5, spec.pages[0].count: a whole number of pages is wanted, 0 or more, found -1",
  ],
  "half a page": [
    pages("{size: 2M, count: 0.5}"),
    "line 5, spec.pages[0].count: a whole number of pages is wanted, 0 or more, found 0.5",
  ],
  "a count beyond exact numbers": [
    pages("{size: 2M, count: 9007199254740993}"),
    "line 5, spec.pages[0].count: a whole number of pages is wanted, 0 or more, found 9007199254740992",
  ],
  "a count in quotes": [
    pages('{size: 2M, count: "8"}'),
    'line 5, spec.pages[0].count: a whole number of pages is wanted, 0 or more, found "8"',
  ],
  "a size that is none": [
    pages("{size: 3M, count: 1}"),
    'line 5, spec.pages[0].size: a page size is wanted, such as 2Mi, 1Gi or 2048kB, found "3M"',
  ],
  "a node that is none": [
    pages("{size: 2M, count: 1, node: -1}"),
    "line 5, spec.pages[0].node: the number of a NUMA node is wanted, found -1",
  ],
  "a key twice": [pages("{size: 2M, count: 1, count: 2}"), "line 5: Map keys must be unique"],
  "a second document": [
    `${pages("{size: 2M, count: 1}")}\n---\nkind: Pod`,
    "line 6: a second document begins here, and one is wanted",
  ],
  "a number alone": ["1", "line 1: fields are wanted: apiVersion, kind, metadata, spec, found 1"],
};
for (const [what, [text, message]] of Object.entries(refused)) {
  Deno.test(`a document with ${what} is refused with the place and the reason`, () => {
    assert.throws(() => parseProvisionDocument(text), new OperatorError(message));
  });
}

Deno.test("every mistake has a line of its own", () => {
  assert.throws(
    () => parseProvisionDocument(spec("pages:", "- size: 2M", "- count: 1", "- 2M")),
    {
      message:
        /^line 5, .*\nline 6, .*\nline 7, spec\.pages\[2\]: fields are wanted: size, count, node, found "2M"$/,
    },
  );
});

for (const text of ["a: [", "a: *b", "a: !!js 1", "a: &x [*x, *x]", "\t", "__proto__: {}"]) {
  Deno.test(`${JSON.stringify(text)} is no document`, () => {
    assert.throws(() => parseProvisionDocument(text), OperatorError);
  });
}

Deno.test("aliases that would fill the memory are refused", () => {
  const lines = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghi".split("").map((name, index) => {
      const before = "abcdefgh"[index];
      return `${name}: &${name} [${Array(9).fill(`*${before}`)}]`;
    }),
  ];
  assert.throws(() => parseProvisionDocument(lines.join("\n")), /Excessive alias count/);
});

Deno.test("any text is a provision or a OperatorError", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "kind: HugePageProvision\n",
      "spec:\n",
      "  pages:\n",
      "  - size: 2M\n",
      "    count: 1\n",
      "- ",
      "*a ",
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
    try {
      parseProvisionDocument(pieces.join(""));
    } catch (error) {
      assert(error instanceof OperatorError, String(error));
    }
  }));
});

Deno.test("what was written in one line is read the same", () => {
  const wish = fc.record({
    pageSize: fc.integer({ min: 10, max: 35 }).map((bits) => pageSize(1n << BigInt(bits))),
    count: fc.bigInt(0n, (1n << 53n) - 1n),
    numaNode: fc.nat(1023).map(numaNodeId),
  }, { requiredKeys: ["pageSize", "count"] });
  fc.assert(fc.property(fc.array(wish), (wishes) => {
    const provision = {
      name: "a.b-c",
      pages: wishes.map((wish, index) => ({ where: `spec.pages[${index}] (line 1)`, ...wish })),
      defaultPageSize: pageSize(2n ** 21n),
    };
    const text = formatProvisionDocument(provision);
    assert(!text.includes("\n"));
    assert.deepEqual(parseProvisionDocument(text), provision);
  }));
});
