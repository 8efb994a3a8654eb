import fc from "fast-check";
import assert from "node:assert/strict";
import { pageSize } from "../../../core/values/page_size.ts";
import { parseWrittenPageSize } from "../../../core/values/written_page_size.ts";
import { ParseError } from "../../../core/values/parse_error.ts";

const spellings: Record<string, string[]> = {
  "65536": ["64k", "64K", "64Ki", "64kB", "64KiB", "65536"],
  "2097152": ["2M", "2Mi", "2m", "2MB", "2MiB", "2 MB", "2048k", "2048kB", "2048Ki", " 2M ", "2097152B"],
  "1073741824": ["1G", "1Gi", "1g", "1GB", "1024M", "1048576kB"],
  "17179869184": ["16G", "16gi"],
};
for (const [bytes, texts] of Object.entries(spellings)) {
  Deno.test(`${texts.join(", ")} are ${bytes} bytes`, () => {
    for (const text of texts) assert.equal(parseWrittenPageSize(text), BigInt(bytes), text);
  });
}

for (
  const text of ["", "M", "3M", "0", "512", "-2M", "2.5M", "0x2M", "2i", "2Mb/s", "2  M", "2MM", "1P", "1e6"]
) {
  Deno.test(`${JSON.stringify(text)} is no page size`, () => {
    assert.throws(() => parseWrittenPageSize(text), {
      name: "ParseError",
      message: `Cannot parse page size: ${JSON.stringify(text)} (write it as 2Mi, 1Gi or 2048kB)`,
    });
  });
}

Deno.test("any text is a page size or a ParseError", () => {
  const piece = fc.oneof(fc.constantFrom("k", "M", "gi", "B", " ", "i"), fc.nat().map(String), fc.string());
  fc.assert(fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
    try {
      const size = parseWrittenPageSize(pieces.join(""));
      assert.equal(pageSize(size), size);
    } catch (error) {
      assert(error instanceof ParseError, String(error));
    }
  }));
});
