import assert from "node:assert/strict";
import { resizePools } from "../../../../core/operations/setup_hugepages/resize_pools.ts";
import { MemoryPools, planOf } from "./memory_pools.ts";

Deno.test("pools that shrink come first, then those that grow from the largest pages down; others rest", async () => {
  const names = ["2m-0", "2m-1", "1g-0", "1g-1", "64k-0"];
  const pools = new MemoryPools(
    Object.fromEntries(names.map((name) => [name, { persistent: 4n, used: 0n }])),
  );
  const plans = names.map((name, index) => planOf(name, 4n, [8n, 1n, 6n, 4n, 9n][index] ?? 0n));
  const outcomes = await Array.fromAsync(resizePools(plans, pools));
  assert.deepEqual(pools.calls, ["2m-1=1", "1g-0=6", "2m-0=8", "64k-0=9"]);
  assert.deepEqual(outcomes.map(({ now }) => now), [1n, 6n, 8n, 9n]);
});

Deno.test("pages in use that are too many stay as surplus", async () => {
  const pools = new MemoryPools({ "2m-0": { persistent: 8n, used: 3n } });
  const [outcome] = await Array.fromAsync(resizePools([planOf("2m-0", 8n, 1n)], pools));
  assert.deepEqual([outcome?.now, outcome?.free, outcome?.surplus], [1n, 0n, 2n]);
  assert.equal("compacted" in (outcome ?? {}), false);
});

for (
  const [what, most, perCompaction, calls, now] of [
    ["until all pages are there", 2n, 3n, ["=8", "c", "=8", "c", "=8"], 8n],
    ["three times at most", 2n, 1n, ["=8", "c", "=8", "c", "=8", "c", "=8"], 5n],
    ["once when that does not help", 2n, 0n, ["=8", "c", "=8"], 2n],
  ] as const
) {
  Deno.test(`memory is moved together ${what}`, async () => {
    const pools = new MemoryPools({ "2m-0": { persistent: 0n, used: 0n, most, perCompaction } });
    const [outcome] = await Array.fromAsync(resizePools([planOf("2m-0", 0n, 8n)], pools));
    assert.deepEqual(pools.calls, calls.map((call) => call === "c" ? "compact 0" : `2m-0${call}`));
    assert.deepEqual([outcome?.now, outcome?.compacted], [now, true]);
  });
}

Deno.test("where memory cannot be moved together, asking once is enough", async () => {
  const pools = new MemoryPools({ "2m-0": { persistent: 0n, used: 0n, most: 2n } });
  pools.canCompact = false;
  const [outcome] = await Array.fromAsync(resizePools([planOf("2m-0", 0n, 8n)], pools));
  assert.deepEqual(pools.calls, ["2m-0=8"]);
  assert.deepEqual([outcome?.now, outcome?.compacted], [2n, false]);
});
