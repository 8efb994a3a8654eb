import assert from "node:assert/strict";
import { terminalLine, withProgress } from "../../cmd/setup_hugepages/resize_progress.ts";
import { numaNodeId } from "../../core/values/ids.ts";
import { parsePageSize } from "../../core/values/page_size.ts";
import { MemoryPools } from "../core/operations/setup_hugepages/memory_pools.ts";

const node0 = numaNodeId(0), page2m = parsePageSize("2m");

Deno.test("while a resizing lasts the pages that came are shown, and nothing afterwards", async () => {
  const pools = new MemoryPools({ "2m-0": { persistent: 3n, used: 0n } });
  const shown: string[] = [], seen = Promise.withResolvers<void>();
  pools.resize = () => seen.promise;
  const watched = withProgress(pools, (text) => {
    shown.push(text);
    seen.resolve();
  }, 1);
  await watched.resize(node0, page2m, 8n);
  assert.equal(shown[0], "NUMA node 0: 3 of 8 pages of 2Mi");
  assert.equal(shown.at(-1), "");
});

Deno.test("a resizing that fails fails, and one that cannot be watched does not", async () => {
  const pools = new MemoryPools({ "2m-0": { persistent: 3n, used: 0n } });
  pools.refused = "2m-0";
  await assert.rejects(withProgress(pools, () => {}, 1).resize(node0, page2m, 8n), /Cannot resize 2m-0/);

  const unreadable = new MemoryPools({}), read = Promise.withResolvers<void>();
  unreadable.resize = () => read.promise;
  unreadable.read = (...args) => {
    read.resolve();
    return MemoryPools.prototype.read.apply(unreadable, args);
  };
  await withProgress(unreadable, () => {}, 1).resize(node0, page2m, 8n);
});

Deno.test("that memory is moved together is shown", async () => {
  const shown: string[] = [];
  const pools = withProgress(new MemoryPools({}), (text) => void shown.push(text));
  assert.equal(await pools.compact(node0), true);
  assert.deepEqual(shown, ["NUMA node 0: moving memory together", ""]);
});

Deno.test("the line of a terminal is written over, without a trace of a longer one and without colors", () => {
  let written = "";
  const show = terminalLine((text) => written += text);
  for (const text of ["", "100 of 200", "20", ""]) show(text);
  assert.equal(written, "\r100 of 200\r20        \r  \r");
});
