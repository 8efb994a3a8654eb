import assert from "node:assert/strict";
import { differenceOf, type DifferenceReason, differenceReasons } from "../../../core/status/difference.ts";

const cases: readonly (readonly [of: "container" | "pod", file: string, reason: DifferenceReason])[] = [
  ["container", "cpuset.mems.effective", "numa-nodes"],
  ["container", "hugetlb.2MB.max", "hugepage-limit"],
  ["container", "hugetlb.2MB.rsvd.max", "reservation-limit"],
  ["pod", "hugetlb.1GB.max", "pod-limit"],
  ["pod", "hugetlb.1GB.rsvd.max", "pod-limit"],
  ["pod", "hugetlb.2MB.current", "left-in-pod"],
  ["container", "hugetlb.2MB.numa_stat", "hugepages-elsewhere"],
  ["container", "memory.numa_stat anon", "memory-elsewhere"],
  ["container", "numa_maps", "memory-policy"],
  ["container", "memory.max", "memory-limit"],
  ["container", "memory.swap.max", "memory-limit"],
  ["pod", "memory.max", "pod-limit"],
  ["pod", "memory.min", "pod-limit"],
  ["container", "memory.events", "other"],
];
for (const [of, file, reason] of cases) {
  Deno.test(`what differs in ${file} of the ${of} is ${reason}`, () => {
    assert.equal(differenceOf({ of, file }), reason);
  });
}

Deno.test("every reason is met", () => {
  assert.deepEqual(new Set(cases.map(([, , reason]) => reason)), new Set(differenceReasons));
});
