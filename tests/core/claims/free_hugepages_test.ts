import fc from "fast-check";
import assert from "node:assert/strict";
import {
  checkFreeHugepages,
  HugepagesTakenError,
  type Precision,
} from "../../../core/claims/free_hugepages.ts";
import { TopologyError } from "../../../core/ports/topology_source.ts";
import { FreePages } from "../fakes/free_pages.ts";
import { allocationOf, GiB, MiB, referenceOf } from "../samples.ts";

const claim = referenceOf(1);

Deno.test("as many pages as the claim wants are enough, and one less is not", async () => {
  const allocations = [allocationOf("hugepages-2m-numa0", 8n * MiB)];
  await checkFreeHugepages(claim, allocations, new FreePages({ "2m-0": 4n }));
  await assert.rejects(
    checkFreeHugepages(claim, allocations, new FreePages({ "2m-0": 3n })),
    HugepagesTakenError,
  );
});

Deno.test("the refusal says the claim, the size, the node, what is wanted, free and there, and a way out", async () => {
  await assert.rejects(
    checkFreeHugepages(
      claim,
      [allocationOf("hugepages-1g-numa33", 4n * GiB)],
      new FreePages({ "1g-33": 3n }, 16n),
    ),
    {
      name: "HugepagesTakenError",
      message:
        "Cannot prepare claim default/claim-1: it wants 4 hugepages of 1Gi on NUMA node 33, where 3 of 16 " +
        "are free: something outside of its claims uses the others (free them, or start the driver with " +
        "--verify-free-hugepages=false)",
    },
  );
});

Deno.test("what several requests of a claim take of one pool counts together, and each pool by itself", async () => {
  const allocations = [
    allocationOf("hugepages-2m-numa0", 4n * MiB, "first"),
    allocationOf("hugepages-2m-numa1", 4n * MiB, "second"),
    allocationOf("hugepages-2m-numa0", 2n * MiB, "third"),
  ];
  const enough = new FreePages({ "2m-0": 3n, "2m-1": 2n });
  await checkFreeHugepages(claim, allocations, enough);
  assert.deepEqual(enough.asked, ["2m-0", "2m-1"]);
  const counts = new FreePages({ "2m-0": 2n, "2m-1": 2n });
  await assert.rejects(
    checkFreeHugepages(claim, allocations, counts),
    /wants 3 hugepages of 2Mi on NUMA node 0/,
  );
});

Deno.test("memory in base pages is not asked for", async () => {
  const counts = new FreePages({});
  await checkFreeHugepages(claim, [allocationOf("memory-numa0", GiB)], counts);
  await checkFreeHugepages(claim, [], counts);
  assert.deepEqual(counts.asked, []);
});

Deno.test("a kernel that cannot be asked is no permission", async () => {
  const allocations = [allocationOf("hugepages-2m-numa0", 2n * MiB)];
  await assert.rejects(checkFreeHugepages(claim, allocations, new FreePages({})), TopologyError);
});

Deno.test("a claim passes exactly when each pool has what the claim takes of it", async () => {
  const pages = fc.record({ node: fc.nat(2), count: fc.bigInt(1n, 5n) });
  const free = fc.tuple(fc.bigInt(0n, 10n), fc.bigInt(0n, 10n), fc.bigInt(0n, 10n));
  await fc.assert(fc.asyncProperty(fc.array(pages, { maxLength: 5 }), free, async (wanted, frees) => {
    const counts = new FreePages(Object.fromEntries(frees.map((count, node) => [`2m-${node}`, count])));
    const allocations = wanted.map(({ node, count }) =>
      allocationOf(`hugepages-2m-numa${node}`, count * 2n * MiB)
    );
    const fits = frees.every((count, node) =>
      wanted.filter((one) => one.node === node).reduce((sum, one) => sum + one.count, 0n) <= count
    );
    const check = checkFreeHugepages(claim, allocations, counts);
    await (fits ? check : assert.rejects(check, HugepagesTakenError));
  }));
});

Deno.test("pages that ordinary pods may still take are not there for a claim, and the refusal says what to do", async () => {
  const allocations = [allocationOf("hugepages-2m-numa0", 4n * MiB)], free = new FreePages({ "2m-0": 8n });
  const check = (byClaims: bigint, byLimits: bigint) =>
    checkFreeHugepages(
      claim,
      allocations,
      free,
      () => Promise.resolve({ byClaims: byClaims * 2n * MiB, byLimits: byLimits * 2n * MiB }),
    );
  await check(2n, 4n);
  await assert.rejects(check(2n, 5n), {
    message:
      "Cannot prepare claim default/claim-1: it wants 2 hugepages of 2Mi on NUMA node 0, where 8 of 16 are " +
      "free and 2 of them are promised to other claims and pods with hugepages-2Mi in their limits may still take 5 of " +
      "them (leave the hugepages of a node to claims or to limits, or start the driver with " +
      "--verify-free-hugepages=false)",
  });
  await assert.rejects(
    check(0n, 7n),
    /8 of 16 are free and pods with hugepages-2Mi in their limits may still take 7/,
  );
});

Deno.test("the pods are looked at only where pages would not be enough for all that is promised", async () => {
  const allocations = [allocationOf("hugepages-2m-numa0", 4n * MiB)], asked: Precision[] = [];
  const check = (free: bigint) =>
    checkFreeHugepages(claim, allocations, new FreePages({ "2m-0": free }), (_, precision) => {
      asked.push(precision);
      return Promise.resolve({ byClaims: precision === "at most" ? 8n * MiB : 2n * MiB, byLimits: 0n });
    });
  await check(6n);
  assert.deepEqual(asked, ["at most"]);
  await check(3n);
  assert.deepEqual(asked, ["at most", "at most", "exactly"]);
  await assert.rejects(check(2n), /and 1 of them are promised to other claims/);
  await assert.rejects(check(1n), HugepagesTakenError);
  assert.equal(asked.length, 5);
});
