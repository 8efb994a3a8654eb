import assert from "node:assert/strict";
import { PromisedPages } from "../../../../core/operations/setup_hugepages/promised_pages.ts";
import { provisionPools } from "../../../../core/operations/setup_hugepages/provision_pools.ts";
import { allocationOf, GiB, MiB, preparedClaim } from "../../samples.ts";
import { promisesOf } from "./_claimed.ts";
import { MemoryPools, planOf } from "./memory_pools.ts";

const nothingPromised = () => Promise.resolve(PromisedPages.none);
const plans = [planOf("2m-0", 8n, 4n), planOf("2m-1", 0n, 6n), planOf("1g-1", 0n, 4n)];

/** A machine that can give one page of 1g. */
function shortPools(): MemoryPools {
  return new MemoryPools({
    "2m-0": { persistent: 8n, used: 0n },
    "2m-1": { persistent: 0n, used: 0n },
    "1g-1": { persistent: 0n, used: 0n, most: 1n },
  });
}

Deno.test("a plan that comes true has no problems", async () => {
  const pools = shortPools();
  const { outcomes, problems } = await provisionPools(plans.slice(0, 2), pools, nothingPromised);
  assert.deepEqual([outcomes.length, problems], [2, []]);
  assert.deepEqual(pools.calls, ["2m-0=4", "2m-1=6"]);
});

for (
  const [what, free, canCompact, message] of [
    [
      "too little memory",
      GiB,
      true,
      "Cannot get 4 pages of 1Gi on NUMA node 1: the kernel gave 1, and the others would take 3Gi while 1Gi of its " +
      "memory is free (stop what uses the node's memory, or ask for less)",
    ],
    [
      "memory in small pieces",
      8n * GiB + 5n,
      true,
      "Cannot get 4 pages of 1Gi on NUMA node 1: the kernel gave 1, since the 8Gi of its memory that is free is in " +
      "pieces smaller than such a page (set them up right after a boot, or at boot, see --persist)",
    ],
    [
      "memory in small pieces that stay where they are",
      8n * GiB,
      false,
      "Cannot get 4 pages of 1Gi on NUMA node 1: the kernel gave 1, since the 8Gi of its memory that is free is in " +
      "pieces smaller than such a page, and this kernel cannot move memory together (set them up right after a " +
      "boot, or at boot, see --persist)",
    ],
    [
      "nobody knows what",
      undefined,
      true,
      "Cannot get 4 pages of 1Gi on NUMA node 1: the kernel gave 1, for want of free memory in large enough pieces " +
      "(set them up right after a boot, or at boot, see --persist)",
    ],
  ] as const
) {
  Deno.test(`a shortage for ${what} is explained, and the rest is kept`, async () => {
    const pools = Object.assign(shortPools(), { free, canCompact });
    const { outcomes, problems } = await provisionPools(plans, pools);
    assert.deepEqual(problems, [message]);
    assert.deepEqual(outcomes.map(({ now }) => now), [4n, 1n, 6n]);
  });
}

Deno.test("a shortage on a node that this process is kept from is explained by that, but of gigantic pages", async () => {
  const pools = new MemoryPools({
    "2m-1": { persistent: 0n, used: 0n, most: 1n },
    "1g-1": { persistent: 0n, used: 0n, most: 1n },
  });
  Object.assign(pools, { free: 8n * GiB, allowed: false });
  const { problems } = await provisionPools([planOf("2m-1", 0n, 6n), planOf("1g-1", 0n, 4n)], pools);
  assert.match(problems[0] ?? "", /4 pages of 1Gi .* since the 8Gi of its memory that is free is in pieces/);
  assert.match(
    problems[1] ?? "",
    /6 pages of 2Mi .* this process may not take memory from that node \(run it/,
  );
});

Deno.test("gigantic pages that cannot be made in ZONE_MOVABLE are explained by that, others not", async () => {
  const pools = Object.assign(shortPools(), { free: 8n * GiB });
  const movable = plans.map((plan) => ({ ...plan, movableOnly: true }));
  const { problems } = await provisionPools(movable, pools);
  assert.deepEqual(problems, [
    "Cannot get 4 pages of 1Gi on NUMA node 1: the kernel gave 1, since all of that node's memory is in ZONE_MOVABLE, " +
    "of which no such page can be made (bring memory of the node online as online_kernel, or with Linux 7.3 set " +
    "vm.movable_gigantic_pages=1)",
  ]);
});

Deno.test("more pages than were asked for are told, with what the kernel counted in", async () => {
  const pools = shortPools();
  pools.resize = () => {
    Object.assign(pools.pools["2m-1"] ?? {}, { persistent: 400n });
    return Promise.resolve();
  };
  const { problems } = await provisionPools([planOf("2m-1", 0n, 100n)], pools);
  assert.match(
    problems[0] ?? "",
    /^Cannot get 100 pages of 2Mi on NUMA node 1 and no more: the kernel gave 400, as before Linux 6\.7 .* surplus/,
  );
});

Deno.test("a rollback gives every pool what it had before", async () => {
  const pools = shortPools();
  const { problems } = await provisionPools(plans, pools, nothingPromised);
  assert.deepEqual(Object.values(pools.pools).map(({ persistent }) => persistent), [8n, 0n, 0n]);
  assert.deepEqual(problems.slice(1), [
    "Restored: 8 pages of 2Mi on NUMA node 0, as before",
    "Restored: 0 pages of 2Mi on NUMA node 1, as before",
    "Restored: 0 pages of 1Gi on NUMA node 1, as before",
  ]);
});

Deno.test("a rollback leaves claims that were prepared meanwhile their pages", async () => {
  const pools = shortPools();
  const claims = [preparedClaim(1, [allocationOf("hugepages-2m-numa1", 4n * MiB)])];
  const { problems } = await provisionPools(plans, pools, () => promisesOf(claims));
  assert.equal(pools.pools["2m-1"]?.persistent, 2n);
  assert(problems.includes(
    "Cannot restore the former 0 pages of 2Mi on NUMA node 1: there are 2 (prepared claims need them now)",
  ));
});

Deno.test("a rollback that the kernel does not follow is told", async () => {
  const pools = shortPools();
  const reservedBySomebody = () => {
    Object.assign(pools.pools["2m-0"] ?? {}, { most: 5n });
    return nothingPromised();
  };
  const { problems } = await provisionPools(plans, pools, reservedBySomebody);
  assert(
    problems.some((problem) => /^Cannot restore the former 8 pages of 2Mi .* there are 5/.test(problem)),
  );
});

Deno.test("a pool that the kernel refuses ends the work, and what was done is undone", async () => {
  const pools = Object.assign(shortPools(), { refused: "2m-1" });
  const { outcomes, problems } = await provisionPools(plans.slice(0, 2), pools, nothingPromised);
  assert.equal(outcomes.length, 1);
  assert.deepEqual(problems, ["Cannot resize 2m-1", "Restored: 8 pages of 2Mi on NUMA node 0, as before"]);
});

Deno.test("pages that the kernel does not let go of are told, and that mappings have reserved them", async () => {
  const pools = new MemoryPools({ "2m-0": { persistent: 8n, used: 0n } });
  pools.resize = () => Promise.resolve();
  const plan = planOf("2m-0", 8n, 4n),
    start = "Cannot go down to 4 pages of 2Mi on NUMA node 0: the kernel keeps 8";
  assert.deepEqual((await provisionPools([plan], pools)).problems, [
    `${start}, and does not tell why (see its log)`,
  ]);
  assert.deepEqual((await provisionPools([{ ...plan, reserved: 6n }], pools)).problems, [
    `${start}, since mappings have reserved free pages, 6 pages of 2Mi on the whole machine (end what has reserved ` +
    "them, and run this again)",
  ]);
});
