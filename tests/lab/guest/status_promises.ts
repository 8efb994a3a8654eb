import assert from "node:assert/strict";
import type { Placement } from "./placement.ts";
import { hugepages } from "./placement_promises.ts";
import { Workload } from "./workload.ts";

const used = 8 << 20;

interface Comparison {
  readonly file: string;
  readonly numaNode: number | null;
  readonly promised: unknown;
  readonly actual: unknown;
  readonly differs: boolean;
}

/** Checks `dramemory status` against a container that uses hugepages of node 1, as placed and then changed by hand. */
export async function checkStatus(placement: Placement): Promise<void> {
  await using container = await placement.start([hugepages]);
  await checkPlaced(container.cgroup);

  await Deno.writeTextFile(`${container.cgroup}/cpuset.mems`, "0-1");
  await Deno.writeTextFile(`${container.cgroup}/hugetlb.2MB.max`, "max");
  const changed = await comparisons();
  assert.deepEqual(valuesOf(changed, "cpuset.mems.effective"), ["1", "0-1"]);
  assert.deepEqual(valuesOf(changed, "hugetlb.2MB.max"), [hugepages.bytes, "max"]);
  assert.deepEqual(differing(changed), ["cpuset.mems.effective", "hugetlb.2MB.max"]);
}

async function checkPlaced(cgroup: string): Promise<void> {
  await using workload = new Workload({ cgroup, bytes: used, page: "2m", cpu: 0 });
  assert.deepEqual(await workload.outcome(), { 1: used });
  const placed = await comparisons();
  assert.deepEqual(valuesOf(placed, "cpuset.mems.effective"), ["1", "1"]);
  assert.deepEqual(valuesOf(placed, "hugetlb.2MB.max"), [hugepages.bytes, hugepages.bytes]);
  assert.deepEqual(valuesOf(placed, "hugetlb.2MB.current"), [hugepages.bytes, used]);
  assert.deepEqual(valuesOf(placed, "hugetlb.2MB.numa_stat", 1), [hugepages.bytes, used]);
  const [, anonymous] = valuesOf(placed, "memory.numa_stat anon", 1);
  assert.ok(typeof anonymous === "number" && anonymous > 0, `${anonymous}`);
  assert.deepEqual(differing(placed), []);
}

async function comparisons(): Promise<readonly Comparison[]> {
  const { success, stdout, stderr } = await new Deno.Command("dramemory", { args: ["status", "-o", "json"] })
    .output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  const status = JSON.parse(decoder.decode(stdout));
  assert.deepEqual([status.source, status.problems, status.containers.length], ["driver", [], 1]);
  return status.containers[0].comparisons;
}

function valuesOf(
  comparisons: readonly Comparison[],
  file: string,
  numaNode: number | null = null,
): unknown[] {
  const found = comparisons.find((each) => each.file === file && each.numaNode === numaNode);
  return [found?.promised, found?.actual];
}

function differing(comparisons: readonly Comparison[]): string[] {
  return comparisons.filter(({ differs }) => differs).map(({ file }) => file);
}
