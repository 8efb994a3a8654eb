import assert from "node:assert/strict";
import type { ResourceClaim } from "../../../core/claims/claim.ts";
import {
  checkClaim,
  checkContainers,
  type EligibilityProblem,
  IneligibleClaimError,
  isAllocatedAnew,
  isStillAllocated,
} from "../../../core/claims/eligibility.ts";
import type { PodUsage } from "../../../core/claims/pod_usage.ts";
import {
  allocatedClaim,
  allocationOf,
  MiB,
  podOf,
  preparedClaim,
  referenceOf,
  resultOf,
  uidOf,
} from "../samples.ts";

const claim = allocatedClaim(1, [resultOf("memory-numa0", MiB)]);
function refused(problem: EligibilityProblem, message: RegExp) {
  return (error: unknown) =>
    error instanceof IneligibleClaimError && error.problem === problem && message.test(error.message);
}

Deno.test("a claim that is allocated and reserved for one pod is eligible, for that pod and with its results", () => {
  assert.deepEqual(checkClaim(claim, referenceOf(1), uidOf(1)), {
    reference: referenceOf(1),
    pod: podOf(1),
    results: claim.allocation.results,
    configs: [],
  });
});

for (
  const [what, found, problem, message] of [
    ["not there", undefined, "claim-gone", /no such claim with the uid 00000000-0000-4000-8000-000000000001/],
    ["another one of the same name", { ...claim, reference: referenceOf(2) }, "claim-gone", /no such claim/],
    [
      "not allocated",
      { reference: referenceOf(1), reservedFor: [podOf(1)] },
      "not-allocated",
      /: it is not allocated$/,
    ],
    ["reserved for nobody", { ...claim, reservedFor: [] }, "not-reserved", /: it is not reserved for a pod$/],
    [
      "reserved for three pods",
      { ...claim, reservedFor: [1, 2, 3].map(podOf) },
      "not-reserved",
      /reserved for 3 pods, but can serve one: give each its own claim$/,
    ],
    [
      "asking for what no device of the driver has",
      { ...claim, wantedCapacities: new Map([["mem", ["size", "memory"]]]) },
      "foreign-capacity",
      /its request mem asks for the capacity "memory", which no device of dra\.memory has: write size, as in /,
    ],
    [
      "named as no claim can be",
      { ...claim, reference: { ...referenceOf(1), name: "../etc" } },
      "invalid-name",
      /: "..\/etc" is no name of a claim$/,
    ],
    [
      "named so by its pod",
      { ...claim, podClaimName: "a/b" },
      "invalid-name",
      /: "a\/b" is no name of a claim$/,
    ],
    [
      "named by its pod as the directory itself",
      { ...claim, podClaimName: "." },
      "invalid-name",
      /: "\." is no name of a claim$/,
    ],
  ] satisfies [string, ResourceClaim | undefined, EligibilityProblem, RegExp][]
) {
  Deno.test(`a claim that is ${what} is not eligible, and the message begins with the name asked for`, () => {
    assert.throws(() => checkClaim(found, referenceOf(1), uidOf(1)), refused(problem, message));
    assert.throws(
      () => checkClaim(found, referenceOf(1), uidOf(1)),
      /^IneligibleClaimError: Cannot prepare claim default\/claim-1: /,
    );
  });
}

const eligible = checkClaim(claim, referenceOf(1), uidOf(1));

/** The claim's pod, with the names of the containers that use the claim, and one that uses another. */
function podWith(...users: string[]): PodUsage {
  const containers = users.map((name) => ({ name, claims: [{ name: "ram" }], paths: [] }));
  return {
    uid: podOf(1).uid,
    containers: [...containers, { name: "neighbor", claims: [{ name: "gpu" }], paths: [] }],
    claimNames: new Map([["ram", "claim-1"], ["gpu", "claim-2"]]),
    hasUserNamespace: false,
  };
}

Deno.test("at most one container may use a claim, whatever the others use", () => {
  for (const user of [undefined, "app"]) {
    const pod = podWith(...user === undefined ? [] : [user]);
    assert.equal(checkContainers(eligible, pod).container?.name, user);
  }
});

for (
  const [users, names] of [[["setup", "app"], "setup and app"], [["a", "b", "c"], "a and b and c"]] as const
) {
  Deno.test(`a claim that ${names} use is refused with their names, the pod's and a way out`, () => {
    assert.throws(
      () => checkContainers(eligible, podWith(...users)),
      refused(
        "several-containers",
        new RegExp(
          `^Cannot prepare claim default/claim-1: the containers ${names} of pod pod-1 use it, .* of its own$`,
        ),
      ),
    );
  });
}

Deno.test("a claim whose pod is gone, or another pod took the name of, is refused with the pod that it was for", () => {
  const message = /its pod pod-1 with the uid pod-uid-1 is gone$/;
  assert.throws(() => checkContainers(eligible, undefined), refused("pod-gone", message));
  const successor = { ...podWith("app"), uid: podOf(2).uid };
  assert.throws(() => checkContainers(eligible, successor), refused("pod-gone", message));
});

Deno.test("the capacity of a device may be named with the driver's domain, and other drivers' requests name theirs", () => {
  const wantedCapacities = new Map([["mem", ["size", "dra.memory/size"]], ["gpu", ["bandwidth"]]]);
  assert.equal(
    checkClaim({ ...claim, wantedCapacities }, referenceOf(1), uidOf(1)).reference.name,
    "claim-1",
  );
});

Deno.test("a claim is as it was prepared while it is allocated likewise and reserved for the same pod", () => {
  const prepared = preparedClaim(1, [allocationOf("memory-numa0", MiB)]);
  const shared = { ...claim, reservedFor: [podOf(2), podOf(1)] },
    given = { ...claim, reservedFor: [podOf(2)] };
  const moved = allocatedClaim(1, [resultOf("memory-numa1", MiB)]);
  const found = [claim, shared, given, moved, { ...claim, reference: referenceOf(2) }, undefined];
  assert.deepEqual(found.map((found) => isStillAllocated(prepared, found)), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual(found.map((found) => isAllocatedAnew(prepared, found)), [
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
});
