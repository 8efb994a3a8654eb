import fc from "fast-check";
import assert from "node:assert/strict";
import {
  AllocationError,
  type AllocationProblem,
  isAllocatedAs,
  validateAllocation,
} from "../../../core/claims/allocation.ts";
import type { AllocationResult } from "../../../core/claims/claim.ts";
import { ClaimList } from "../fakes/claim_list.ts";
import { deviceOf, GiB, KiB, MiB, nodeName, preparedClaim, referenceOf, resultOf } from "../samples.ts";

const devices = [
  deviceOf("memory-numa0", GiB),
  deviceOf("memory-numa1", GiB),
  deviceOf("hugepages-2m-numa0", 8n * MiB),
];

function validate(results: readonly AllocationResult[], used = 0n) {
  return validateAllocation(referenceOf(1), results, { nodeName, devices, usedBytes: () => used });
}

Deno.test("a result of this driver becomes an allocation with the device's resource and node", () => {
  const result = { ...resultOf("hugepages-2m-numa0", 4n * MiB, "pages"), shareId: "share" };
  assert.deepEqual(validate([result]), [{
    request: "pages",
    pool: "worker-1/hugepages-2m",
    device: "hugepages-2m-numa0",
    shareId: "share",
    resource: "hugepages-2m",
    numaNode: 0,
    bytes: 4n * MiB,
  }]);
});

Deno.test("results of other drivers are left out, whatever they say", () => {
  const foreign = { request: "gpu", driver: "gpu.example.com", pool: "p", device: "gpu-0" };
  assert.deepEqual(validate([foreign]), []);
  assert.deepEqual(validate([foreign, resultOf("memory-numa0", MiB)]).map(({ device }) => device), [
    "memory-numa0",
  ]);
});

Deno.test("an alternative of a request stands for the request", () => {
  assert.deepEqual(validate([resultOf("memory-numa0", MiB, "mem/large")])[0]?.request, "mem");
});

Deno.test("the capacity may be written with the driver's domain", () => {
  const result = { ...resultOf("memory-numa0", MiB), consumedCapacity: { "dra.memory/size": "1Mi" } };
  assert.equal(validate([result])[0]?.bytes, MiB);
});

Deno.test("a claim may have all of a device, down to its last page", () => {
  assert.equal(validate([resultOf("memory-numa0", GiB)])[0]?.bytes, GiB);
  assert.equal(validate([resultOf("memory-numa0", 4n * KiB)], GiB - 4n * KiB)[0]?.bytes, 4n * KiB);
});

Deno.test("several shares of one device are several allocations", () => {
  const results = [resultOf("memory-numa0", MiB, "a"), resultOf("memory-numa0", MiB, "b")];
  assert.deepEqual(validate(results).map(({ request, bytes }) => [request, bytes]), [["a", MiB], ["b", MiB]]);
});

const shared = { ...resultOf("memory-numa0", MiB), shareId: "s1" };
const anew: Record<string, [readonly AllocationResult[], readonly AllocationResult[], boolean]> = {
  "as it was": [[shared], [shared], true],
  "by an alternative of the request": [[shared], [{ ...shared, request: "mem/large" }], true],
  "beside results of others and such as hold nothing": [
    [shared],
    [{ ...shared, driver: "gpu.example.com" }, { ...shared, adminAccess: true }, shared],
    true,
  ],
  "by another device": [[shared], [{ ...shared, device: "memory-numa1" }], false],
  "by a device of another pool": [[shared], [{ ...shared, pool: "other/memory" }], false],
  "for another request": [[shared], [{ ...shared, request: "more" }], false],
  "with another share": [[shared], [{ ...shared, shareId: "s2" }], false],
  "without its share": [[shared], [resultOf("memory-numa0", MiB)], false],
  "with as many bytes, where shares have no ids": [
    [resultOf("memory-numa0", MiB)],
    [{ ...resultOf("memory-numa0", MiB), consumedCapacity: { "dra.memory/size": "1024Ki" } }],
    true,
  ],
  "with other bytes, where shares have no ids": [
    [resultOf("memory-numa0", MiB)],
    [resultOf("memory-numa0", 2n * MiB)],
    false,
  ],
  "with bytes that are no number": [
    [resultOf("memory-numa0", MiB)],
    [{ ...resultOf("memory-numa0", MiB), consumedCapacity: { size: "much" } }],
    false,
  ],
  "with a device more": [[shared], [shared, resultOf("memory-numa1", MiB, "more")], false],
  "with a device less": [[shared, resultOf("memory-numa1", MiB, "more")], [shared], false],
};
for (const [what, [prepared, now, expected]] of Object.entries(anew)) {
  Deno.test(`what is allocated ${what} is ${expected ? "still" : "no longer"} what was prepared`, () => {
    assert.equal(isAllocatedAs(validate(prepared), now), expected);
  });
}

const good = resultOf("memory-numa0", MiB);
for (
  const [problem, what, result] of [
    ["unknown-pool", "a pool of another node", { ...good, pool: "worker-2/memory" }],
    ["unknown-pool", "a resource that the node does not have", {
      ...good,
      pool: "worker-1/hugepages-1g",
      device: "hugepages-1g-numa0",
    }],
    ["unknown-device", "a device that is gone", { ...good, device: "memory-numa7" }],
    ["unknown-device", "a device of another pool", { ...good, device: "hugepages-2m-numa0" }],
    ["missing-capacity", "no consumed capacity", {
      request: "mem",
      driver: "dra.memory",
      pool: "worker-1/memory",
      device: "memory-numa0",
    }],
    ["missing-capacity", "an empty consumed capacity", { ...good, consumedCapacity: {} }],
    ["malformed-quantity", "two amounts", {
      ...good,
      consumedCapacity: { size: "1Mi", "dra.memory/size": "2Mi" },
    }],
    ["foreign-capacity", "a capacity of another name", { ...good, consumedCapacity: { bandwidth: "1Mi" } }],
    ["foreign-capacity", "a second capacity", { ...good, consumedCapacity: { size: "1Mi", bandwidth: "1" } }],
    ["foreign-capacity", "a capacity of another domain", {
      ...good,
      consumedCapacity: { "x.org/size": "1Mi" },
    }],
    ["foreign-capacity", "a capacity named like a member of objects", {
      ...good,
      consumedCapacity: { toString: "1Mi" },
    }],
    ["malformed-quantity", "an amount that is no quantity", resultOf("memory-numa0", "1MB")],
    ["malformed-quantity", "an empty amount", resultOf("memory-numa0", "")],
    ["malformed-quantity", "half a byte", resultOf("memory-numa0", "500m")],
    ["malformed-quantity", "an amount beyond 2^63", resultOf("memory-numa0", "8Ei")],
    ["negative-quantity", "a negative amount", resultOf("memory-numa0", "-1Mi")],
    ["zero-quantity", "nothing", resultOf("memory-numa0", "0")],
    ["partial-page", "half a page", resultOf("memory-numa0", 2n * KiB)],
    ["partial-page", "a page and a half", resultOf("hugepages-2m-numa0", 3n * MiB)],
    ["exceeds-device", "more than the device has", resultOf("memory-numa0", GiB + 4n * KiB)],
    ["invalid-request-name", "a request with an underscore", resultOf("memory-numa0", MiB, "a_b")],
    ["invalid-request-name", "a request without a name", resultOf("memory-numa0", MiB, "")],
    ["invalid-request-name", "a request with a line break", resultOf("memory-numa0", MiB, "a\n")],
  ] satisfies [AllocationProblem, string, AllocationResult][]
) {
  Deno.test(`a result with ${what} is refused as ${problem}, with claim, request and device`, () => {
    assert.throws(() => validate([result]), (error) => {
      assert.ok(error instanceof AllocationError);
      assert.equal(error.problem, problem);
      for (const part of ["default/claim-1", result.request, result.pool, result.device]) {
        assert.ok(error.message.includes(part), error.message);
      }
      return true;
    });
  });
}

Deno.test("what other claims hold counts", () => {
  assert.equal(validate([resultOf("memory-numa0", MiB)], GiB - MiB).length, 1);
  assert.throws(() => validate([resultOf("memory-numa0", 2n * MiB)], GiB - MiB), {
    problem: "exceeds-remaining",
  });
});

Deno.test("what the claim itself holds of a device already counts", () => {
  const half = resultOf("hugepages-2m-numa0", 4n * MiB);
  assert.equal(validate([half, half]).length, 2);
  assert.throws(() => validate([half, half, resultOf("hugepages-2m-numa0", 2n * MiB)]), {
    problem: "exceeds-remaining",
  });
});

Deno.test("a node without devices says so", () => {
  const node = { nodeName, devices: [], usedBytes: () => 0n };
  assert.throws(() => validateAllocation(referenceOf(1), [good], node), /this node has the pools \(none\)/);
});

const amount = fc.oneof(
  fc.bigInt(0n, 6n).map((n) => `${n * 2n}Mi`),
  fc.constantFrom("4Ki", "1", "1Gi", "-1", "x"),
);
const name = fc.constantFrom(...devices.map((device) => device.name), "memory-numa9");
const results = fc.array(fc.tuple(name, amount), { minLength: 1, maxLength: 4 });

Deno.test("however claims come and go, no device is given out beyond its capacity, nor less than whole pages", () => {
  const step = fc.record({ claim: fc.nat(4), results, remove: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const claims = new ClaimList();
    for (const { claim, results, remove } of steps) {
      if (remove || claims.get(referenceOf(claim).uid) !== undefined) claims.remove(referenceOf(claim).uid);
      else tryToAdd(claims, claim, results.map(([device, size]) => resultOf(device, size)));
      for (const device of devices) assert.ok(claims.usedBytes(device.name) <= device.capacityBytes);
    }
  }));
});

function tryToAdd(claims: ClaimList, claim: number, results: readonly AllocationResult[]): void {
  const node = { nodeName, devices, usedBytes: (device: string) => claims.usedBytes(device) };
  try {
    const allocations = validateAllocation(referenceOf(claim), results, node);
    assert.equal(allocations.length, results.length);
    for (const { device, bytes } of allocations) {
      const page = devices.find((candidate) => candidate.name === device)?.pageSize ?? 0n;
      assert.ok(bytes > 0n && bytes % page === 0n);
    }
    claims.add(preparedClaim(claim, allocations));
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
  }
}
