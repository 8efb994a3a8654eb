import assert from "node:assert/strict";
import { adjustmentOf } from "../../../../adapters/driver/nri/messages.ts";
import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";

const hugetlbBytes = new Map([[parsePageSize("2m"), 64n << 20n], [parsePageSize("1g"), 1n << 30n]]);

Deno.test("limits of reservations are named as files where every controller is in cgroup v2, and nowhere else", () => {
  const limits = [{ pageSize: "2MB", limit: 64n << 20n }, { pageSize: "1GB", limit: 1n << 30n }];
  const [unified, mixed] = [true, false].map((limitReservations) =>
    adjustmentOf({ mems: "1", hugetlbBytes }, limitReservations).resources
  );
  assert.deepEqual(unified?.unified, {
    "hugetlb.2MB.rsvd.max": "67108864",
    "hugetlb.1GB.rsvd.max": "1073741824",
  });
  assert.deepEqual(mixed?.unified, {});
  for (const resources of [unified, mixed]) assert.deepEqual(resources?.hugepageLimits, limits);
});

Deno.test("nodes that memory is to come from first become a policy, and only those", () => {
  const { memoryPolicy } = adjustmentOf({ mems: "0,2", preferred: "2", hugetlbBytes }, false);
  assert.deepEqual(memoryPolicy, { mode: nri.MpolMode.MPOL_PREFERRED_MANY, nodes: "2" });
  assert.equal(adjustmentOf({ mems: "2", hugetlbBytes }, false).memoryPolicy, undefined);
});
