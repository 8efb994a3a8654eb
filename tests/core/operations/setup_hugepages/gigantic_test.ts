import assert from "node:assert/strict";
import { isGigantic } from "../../../../core/operations/setup_hugepages/gigantic.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";

const sizes = {
  "4k": { "64k": false, "2m": false, "4m": false, "32m": true, "1g": true },
  "16k": { "2m": false, "32m": false, "1g": true },
  "64k": { "2m": false, "16m": false, "512m": false, "1g": true, "16g": true },
};
for (const [base, expected] of Object.entries(sizes)) {
  Deno.test(`with base pages of ${base} the sizes that are gigantic are known`, () => {
    const found = Object.keys(expected).map((size) => [
      size,
      isGigantic(parsePageSize(size), parsePageSize(base)),
    ]);
    assert.deepEqual(Object.fromEntries(found), expected);
  });
}
