import assert from "node:assert/strict";
import { numaNodeId, podUid } from "../../../../core/values/ids.ts";
import { parsePageSize } from "../../../../core/values/page_size.ts";
import { allocationOf, MiB, poolOf, preparedClaim } from "../../samples.ts";
import { PromisedPages } from "../../../../core/operations/setup_hugepages/promised_pages.ts";
import { promisesOf } from "./_claimed.ts";

const page2m = parsePageSize("2m"), node0 = numaNodeId(0), node1 = numaNodeId(1);
const claim = preparedClaim(1, [
  allocationOf("hugepages-2m-numa0", 16n * MiB),
  allocationOf("hugepages-2m-numa1", 8n * MiB),
  allocationOf("memory-numa0", 64n * MiB),
]);

Deno.test("claims hold the pages of their allocations, by size and node", async () => {
  const promises = await promisesOf([
    claim,
    preparedClaim(2, [allocationOf("hugepages-2m-numa0", 2n * MiB)]),
  ]);
  assert.equal(promises.pages(node0, page2m), 9n);
  assert.deepEqual(promises.claims(node0, page2m), ["default/claim-1", "default/claim-2"]);
  assert.equal(promises.pages(node1, page2m), 4n);
  assert.equal(promises.pages(node0, parsePageSize("1g")), 0n);
});

Deno.test("a pool needs what claims hold, used or not, and what others use", async () => {
  const pool = { ...poolOf(page2m, 100n), free: 90n };
  for (
    const [used, needed] of [
      [undefined, 8n + 10n], // nobody knows whose the 10 are
      [{ 0: 0n }, 8n + 10n],
      [{ 0: 6n * MiB }, 8n + 7n],
      [{ 0: 16n * MiB }, 8n + 2n],
      [{ 0: 20n * MiB }, 8n + 2n], // more than it claims: not the claim's
    ] as const
  ) {
    const promises = await promisesOf([claim], used === undefined ? {} : { "pod-uid-1/2m": used });
    assert.equal(promises.needed(node0, pool), needed);
  }
});

Deno.test("the use of a pod's several claims is counted once", async () => {
  const claims = [1, 2].map((number) =>
    preparedClaim(number, [allocationOf("hugepages-2m-numa0", 4n * MiB)])
  );
  const promises = await promisesOf(claims, { "pod-uid-1/2m": { 0: 6n * MiB } });
  assert.equal(promises.needed(node0, { ...poolOf(page2m, 10n), free: 7n }), 4n);
});

Deno.test("of figures that can be another node's nothing is taken for the claims' own", async () => {
  const bytes = new Map([[node0, 16n * MiB]]);
  const pool = { ...poolOf(page2m, 100n), free: 90n };
  for (const used of [{ kind: "doubtful", bytes }, { kind: "no-figure" }] as const) {
    const promises = await PromisedPages.read({
      prepared: () => Promise.resolve([claim]),
      used: () => Promise.resolve(used),
      reserved: () => Promise.resolve([]),
    });
    assert.deepEqual([promises.needed(node0, pool), promises.isUseKnown(node0, page2m)], [8n + 10n, false]);
  }
  assert.equal((await promisesOf([claim], { "pod-uid-1/2m": { 0: 0n } })).isUseKnown(node0, page2m), true);
});

Deno.test("what a pod that is held to a node has reserved there is needed, beside what is in use", async () => {
  const pool = { ...poolOf(page2m, 100n), free: 90n };
  const reservation = { pod: podUid("ordinary"), pageSize: page2m, bytes: 40n * 2n * MiB, nodes: [0] };
  const promises = await promisesOf([], {}, [reservation]);
  assert.equal(promises.needed(node0, pool), 40n + 10n);
  assert.deepEqual(promises.reserved(node0, page2m), { pages: 40n, pods: ["ordinary"] });
  assert.equal(promises.needed(node1, pool), 0n);
});

Deno.test("reservations that any node can serve, and those of claims themselves, need nothing more", async () => {
  const pool = { ...poolOf(page2m, 100n), free: 90n };
  const bytes = 16n * MiB, pageSize = page2m;
  for (const nodes of [[0, 1], undefined]) {
    const promises = await promisesOf([], {}, [{ pod: podUid("ordinary"), pageSize, bytes, nodes }]);
    assert.equal(promises.needed(node0, pool), 0n);
  }
  const own = await promisesOf([claim], {}, [{ pod: podUid("pod-uid-1"), pageSize, bytes, nodes: [0] }]);
  assert.equal(own.needed(node0, pool), 8n + 10n);
});

Deno.test("without claims a pool needs nothing", async () => {
  const promises = await promisesOf([]);
  assert.equal(promises.needed(node0, { ...poolOf(page2m, 10n), free: 0n }), 0n);
});
