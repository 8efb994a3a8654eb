import fc from "fast-check";
import assert from "node:assert/strict";
import type { Share } from "../../../core/claims/environment.ts";
import { cpusetMems, environmentsOf, hugetlbBytes, nodesOf } from "../../../core/claims/shares.ts";
import { parseIdList } from "../../../core/values/id_list.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { allocationOf, GiB, MiB, nodeIds, preparedClaim } from "../samples.ts";
import { share } from "./arbitraries.ts";

function sharesOf(...allocations: [device: string, bytes: bigint][]): Share[] {
  return environmentsOf(preparedClaim(1, allocations.map(([device, bytes]) => allocationOf(device, bytes))))
    .flatMap(({ shares }) => shares);
}

Deno.test("the nodes of all shares are the container's, in the kernel's form", () => {
  const shares = sharesOf(["memory-numa33", GiB], ["memory-numa1", GiB], ["hugepages-2m-numa0", 2n * MiB]);
  assert.equal(cpusetMems(shares), "0-1,33");
});

Deno.test("every node of a share, and no other, is among the container's", () => {
  fc.assert(fc.property(fc.array(share), (shares) => {
    assert.deepEqual(
      new Set(parseIdList(cpusetMems(shares))),
      new Set(shares.map(({ numaNode }) => numaNode)),
    );
  }));
});

Deno.test("the limit of a page size is the sum of its shares, and memory has none", () => {
  const shares = sharesOf(
    ["hugepages-2m-numa0", 4n * MiB],
    ["hugepages-2m-numa1", 6n * MiB],
    ["hugepages-1g-numa0", GiB],
    ["memory-numa0", GiB],
  );
  assert.deepEqual([...hugetlbBytes(shares)].sort(), [[parsePageSize("1g"), GiB], [
    parsePageSize("2m"),
    10n * MiB,
  ]]);
});

Deno.test("the limits of two lists of shares are those of both together", () => {
  fc.assert(fc.property(fc.array(share), fc.array(share), (a, b) => {
    const sums = hugetlbBytes(a);
    for (const [size, bytes] of hugetlbBytes(b)) sums.set(size, (sums.get(size) ?? 0n) + bytes);
    assert.deepEqual(hugetlbBytes([...a, ...b]), sums);
  }));
});

Deno.test("a claim without allocations tells a container nothing", () => {
  assert.deepEqual(environmentsOf(preparedClaim(1, [])), []);
});

Deno.test("memory that the kernel cannot use for itself is preferred, with a companion beside it; beside other memory none is needed", () => {
  const [zero, one, two] = nodeIds(0, 1, 2);
  assert.ok(zero !== undefined && one !== undefined && two !== undefined);
  const beside = { companions: new Map([[two, zero]]), memoryNodes: [zero, one, two] };
  const shareOn = (node: number) => allocationOf(`memory-numa${node}`, MiB);
  assert.deepEqual(nodesOf([shareOn(2)], beside), { mems: "0,2", preferred: "2" });
  assert.deepEqual(nodesOf([shareOn(1), shareOn(2)], beside), { mems: "1-2" });
  assert.deepEqual(nodesOf([shareOn(1)], beside), { mems: "1" });
  assert.deepEqual(nodesOf([], beside), { mems: "" });
});

Deno.test("memory that is only preferred may come from every node that has some, and interleaved memory from the claim's alone", () => {
  const machine = { companions: new Map(), memoryNodes: nodeIds(0, 1, 5) };
  const shares = [allocationOf("memory-numa1", MiB)];
  for (const mode of ["preferred", "preferredMany"] as const) {
    assert.deepEqual(nodesOf(shares, machine, { mode, nodes: "1" }), { mems: "0-1,5" });
  }
  for (const mode of ["interleave", "weightedInterleave"] as const) {
    assert.deepEqual(nodesOf(shares, machine, { mode, nodes: "1" }), { mems: "1" });
  }
});
