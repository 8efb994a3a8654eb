import assert from "node:assert/strict";
import { SysfsHugepageCounts } from "../../../../adapters/driver/sysfs/sysfs_hugepage_counts.ts";
import { numaNodeId } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { TopologyError } from "../../../../core/ports/topology_source.ts";
import { fixturesDirectory, rootsIn } from "./support.ts";

Deno.test("the pages of one size on one node are counted", async () => {
  const { free, total } = await count("two-numa", 1, "2m");
  assert.deepEqual([free, total], [500n, 512n]);
});

Deno.test("without NUMA the machine's pool is node 0's", async () => {
  assert.equal((await count("no-numa", 0, "2m")).total, 300n);
});

Deno.test("a pool that is not there or cannot be read is an error that names its file", async () => {
  await assert.rejects(count("two-numa", 7, "2m"), /node7/);
  await assert.rejects(count("unreadable", 0, "2m"), TopologyError);
});

function count(fixture: string, node: number, size: string) {
  const counts = new SysfsHugepageCounts(rootsIn(`${fixturesDirectory}/${fixture}`));
  return counts.count(numaNodeId(node), parsePageSize(size));
}
