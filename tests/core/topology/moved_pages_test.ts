import assert from "node:assert/strict";
import { movedPages } from "../../../core/topology/moved_pages.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { GiB, numaNodeOf, poolOf, topologyOf } from "../samples.ts";

const page2m = parsePageSize("2m");

function withPages(...pages: bigint[]) {
  return topologyOf(pages.map((count, id) => numaNodeOf(id, GiB, [poolOf(page2m, count)])));
}

Deno.test("pages that one pool lost and another gained have moved", () => {
  assert.deepEqual(movedPages(withPages(64n, 0n, 8n), withPages(32n, 32n, 8n)), [
    { pageSize: page2m, from: [0], to: [1], pages: 32n },
  ]);
});

Deno.test("pools that grew, shrank or stayed have not", () => {
  for (const after of [withPages(64n, 8n), withPages(64n, 32n), withPages(8n, 8n), withPages(32n, 32n)]) {
    assert.deepEqual(movedPages(withPages(64n, 8n), after), []);
  }
});
