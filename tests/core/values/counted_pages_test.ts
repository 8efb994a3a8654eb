import assert from "node:assert/strict";
import { countedPages } from "../../../core/values/counted_pages.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";

Deno.test("one page is a page, none and several are pages", () => {
  const texts = [0n, 1n, 2n].map((count) => countedPages(count, parsePageSize("2m")));
  assert.deepEqual(texts, ["0 pages of 2Mi", "1 page of 2Mi", "2 pages of 2Mi"]);
});
