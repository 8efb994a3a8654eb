import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryLimitsOf, podShareOf } from "../../../core/claims/memory_limits.ts";
import type { HeldShare, LimitTerms } from "../../../core/claims/memory_terms.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { allocationOf, GiB, MiB } from "../samples.ts";

function memory(bytes: bigint, limits?: LimitTerms): HeldShare {
  const { resource, numaNode } = allocationOf("memory-numa0", bytes);
  return { resource, numaNode, bytes, ...(limits === undefined ? {} : { terms: { limits } }) };
}

const pages: HeldShare = allocationOf("hugepages-2m-numa0", 64n * MiB);

/** Holdings of one claim a share. */
function holding(...shares: HeldShare[]) {
  return new Map(shares.map((share) => [{}, [share]]));
}

const counted = (...shares: HeldShare[]) => new Map([[{ countedByKubelet: true } as const, shares]]);

Deno.test("claims without limits leave a container's memory as it is", () => {
  assert.equal(memoryLimitsOf(holding(memory(GiB), pages), 128n * MiB), undefined);
  assert.deepEqual(podShareOf(holding(memory(GiB), pages)), { max: 0n, low: 0n, min: 0n });
});

Deno.test("a container has the sum of its claims at most, hugepages apart, as soon as one claim asks for it", () => {
  assert.deepEqual(memoryLimitsOf(holding(memory(GiB, { max: "claim" }), memory(MiB), pages), "max"), {
    max: GiB + MiB,
  });
});

Deno.test("its own limit comes on top, whether the kubelet has added the claim to it or not", () => {
  const claim = memory(GiB, { max: "claim" });
  assert.deepEqual(memoryLimitsOf(holding(claim), 128n * MiB), { max: GiB + 128n * MiB });
  assert.deepEqual(memoryLimitsOf(counted(claim), GiB + 128n * MiB), { max: GiB + 128n * MiB });
  assert.deepEqual(memoryLimitsOf(counted(claim), "max"), { max: GiB }, "one without a limit of its own");
});

Deno.test("the rest is of what the claims say, in whole pages of any size", () => {
  const limits: LimitTerms = { highPercent: 90, lowPercent: 100, minPercent: 33, swap: "forbidden" };
  assert.deepEqual(memoryLimitsOf(holding(memory(100n * MiB, limits), memory(10n * MiB)), 5n * MiB), {
    high: (90n + 10n + 5n) * MiB,
    low: 100n * MiB,
    min: 33n * MiB,
    swapMax: 0n,
  });
  assert.deepEqual(memoryLimitsOf(holding(memory(MiB, { minPercent: 33 })), "max"), { min: 320n << 10n });
});

Deno.test("what one claim asks for holds beside another that asks for something else", () => {
  const other = memory(MiB, { lowPercent: 100 });
  const beside = (limits: LimitTerms) => memoryLimitsOf(holding(memory(MiB, limits), other), "max");
  assert.deepEqual(beside({ max: "claim" }), { max: 2n * MiB, low: MiB });
  assert.deepEqual(beside({ highPercent: 50 }), { high: MiB + MiB / 2n, low: MiB });
  assert.deepEqual(beside({ swap: "forbidden" }), { low: MiB, swapMax: 0n });
});

Deno.test("a pod gets what its containers' claims add, and no more of memory.max than the kubelet did not add itself", () => {
  const limits: LimitTerms = { max: "claim", lowPercent: 50, minPercent: 25 };
  assert.deepEqual(podShareOf(holding(memory(GiB, limits))), { max: GiB, low: GiB / 2n, min: GiB / 4n });
  assert.deepEqual(podShareOf(counted(memory(GiB, limits))), { max: 0n, low: GiB / 2n, min: GiB / 4n });
});

Deno.test("to a limit that the pod itself has the kubelet adds no claim", () => {
  const claim = { countedByKubelet: true, limitedByPod: [memoryResource] } as const;
  const holdings = new Map([[claim, [memory(GiB, { max: "claim" })]]]);
  assert.equal(podShareOf(holdings).max, GiB);
});

const percent = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined });
const anyLimits = fc.record({
  max: fc.constantFrom("claim", undefined),
  highPercent: percent,
  lowPercent: percent,
  minPercent: percent,
  swap: fc.constantFrom("forbidden", undefined),
}).map((limits) =>
  Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)) as LimitTerms
);
const shares = fc.array(
  fc.tuple(fc.bigInt(1n, 1024n), fc.option(anyLimits, { nil: undefined })).map(([pages, limits]) =>
    memory(pages * 64n * 1024n, limits)
  ),
  { maxLength: 5 },
);
const own = fc.oneof(fc.constant("max" as const), fc.bigInt(0n, 1n << 40n));

Deno.test("nothing is protected that may not be used, and high is not above max", () => {
  fc.assert(fc.property(shares, own, (shares, own) => {
    const { max = "max", high = 0n, low = 0n, min = 0n } = memoryLimitsOf(holding(...shares), own) ?? {};
    if (max === "max") return;
    for (const limit of [high, low, min]) assert.ok(limit !== "max" && limit <= max);
  }));
});

Deno.test("whether the kubelet counts claims makes no difference to what a container with a limit of its own has", () => {
  fc.assert(fc.property(shares, fc.bigInt(1n, 1n << 40n), (shares, own) => {
    const claimed = shares.reduce((sum, { bytes }) => sum + bytes, 0n);
    assert.deepEqual(
      memoryLimitsOf(counted(...shares), own + claimed),
      memoryLimitsOf(holding(...shares), own),
    );
  }));
});
