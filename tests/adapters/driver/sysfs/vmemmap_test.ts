import assert from "node:assert/strict";
import { SavedVmemmap } from "../../../../adapters/driver/sysfs/vmemmap.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { GiB, KiB, MiB, numaNodeOf, poolOf } from "../../../core/samples.ts";
import { withFiles } from "./support.ts";

const page2m = parsePageSize("2m"), page1g = parsePageSize("1g"), basePage = parsePageSize("4k");

/** What making pages has added, after each of several looks at the counts of both sizes. */
async function added(
  sysctl: string,
  looks: readonly (readonly [bigint, bigint])[],
): Promise<(bigint | undefined)[]> {
  const results: (bigint | undefined)[] = [];
  await withFiles({ "proc/sys/vm/hugetlb_optimize_vmemmap": sysctl }, async (directory) => {
    const saved = new SavedVmemmap(`${directory}/proc`);
    for (const [small, large] of looks) {
      const node = numaNodeOf(0, 8n * GiB, [poolOf(page2m, small), poolOf(page1g, large)]);
      results.push((await saved.applied([node], basePage))[0]?.vmemmapBytes);
    }
  });
  return results;
}

Deno.test("each page of 2 MiB adds 32 KiB and each of 1 GiB 16 MiB", async () => {
  assert.deepEqual(await added("1\n", [[0n, 0n], [100n, 0n], [100n, 2n]]), [
    0n,
    3200n * KiB,
    3200n * KiB + 32n * MiB,
  ]);
});

Deno.test("what pages have added stays when they go", async () => {
  assert.deepEqual(await added("1\n", [[100n, 0n], [10n, 0n], [110n, 0n]]), [
    3200n * KiB,
    3200n * KiB,
    3520n * KiB,
  ]);
});

Deno.test("a kernel that keeps its map of hugepages, or does not say, adds nothing", async () => {
  assert.deepEqual(await added("0\n", [[100n, 1n]]), [0n]);
  assert.deepEqual(await added("", [[100n, 1n]]), [0n]);
});
