import assert from "node:assert/strict";
import { validateAllocation } from "../../../core/claims/allocation.ts";
import type { AllocationResult } from "../../../core/claims/claim.ts";
import type { MemoryConfig, OpaqueConfig } from "../../../core/claims/configuration/memory_config.ts";
import { heldShares } from "../../../core/claims/memory_terms.ts";
import { containerPath } from "../../../core/values/container_path.ts";
import { termsOf } from "../../../core/claims/terms_of.ts";
import { allocationOf, deviceOf, GiB, MiB, nodeName, referenceOf, resultOf } from "../samples.ts";

const devices = ["memory-numa0", "memory-numa1", "hugepages-2m-numa0"].map((name) => deviceOf(name, GiB));

function terms(results: readonly AllocationResult[], ...configs: readonly OpaqueConfig[]) {
  const node = { nodeName, devices, usedBytes: () => 0n };
  return termsOf({ results, configs }, validateAllocation(referenceOf(1), results, node));
}

function says(parameters: MemoryConfig, ...requests: string[]): OpaqueConfig {
  return { source: "claim", requests, parameters };
}

const ram = resultOf("memory-numa0", MiB, "ram"), pages = resultOf("hugepages-2m-numa0", 2n * MiB, "pages");

Deno.test("without configuration, and with bind, there are no terms", () => {
  assert.deepEqual(terms([ram, pages]), []);
  assert.deepEqual(
    terms([ram, pages], says({ policy: "bind" }), says({ hugetlbfs: { mountPath: "none" } })),
    [],
  );
});

Deno.test("what is for all requests is for those of memory, beside which hugepages keep bind", () => {
  assert.deepEqual(terms([pages, ram], says({ policy: "interleave" })), [
    { request: "ram", policy: "interleave" },
  ]);
});

Deno.test("the terms of a request stand once, however many devices it was given, and are those of its alternative", () => {
  const other = resultOf("memory-numa1", MiB, "ram/second");
  const config = [says({ policy: "interleave" }, "ram"), says({ policy: "preferredMany" }, "ram/second")];
  assert.deepEqual(terms([{ ...ram, request: "ram/second" }, other], ...config), [
    { request: "ram", policy: "preferredMany" },
  ]);
});

Deno.test("a result for looking on has no allocation, and does not shift those of the others", () => {
  const looking = { ...resultOf("hugepages-2m-numa0", 2n * MiB, "watch"), adminAccess: true };
  assert.deepEqual(terms([looking, ram], says({ policy: "interleave" })), [
    { request: "ram", policy: "interleave" },
  ]);
});

for (
  const [what, results, config] of [
    ["for hugepages by name", [ram, pages], says({ policy: "interleave" }, "pages")],
    ["for a claim of hugepages alone", [pages], says({ policy: "interleave" })],
  ] as const
) {
  Deno.test(`a policy ${what} is refused`, () => {
    assert.throws(() => terms(results, config), {
      name: "ConfigError",
      message:
        "policy: interleave is for memory, and request pages was given hugepages-2m: hugepages keep bind",
    });
  });
}

Deno.test("a container holds the terms of the requests that its environment shows, on memory alone", () => {
  const shares = [allocationOf("memory-numa0", MiB), allocationOf("hugepages-2m-numa0", 2n * MiB)];
  const own = [{ request: "ram", policy: "interleave" }, { request: "rom", policy: "preferred" }] as const;
  const held = (request: string | undefined) =>
    heldShares(own, { request, shares }).map(({ terms }) => terms?.policy);
  assert.deepEqual(held("rom"), ["preferred", undefined]);
  assert.deepEqual(held("other"), [undefined, undefined]);
  assert.deepEqual(held(undefined), ["interleave", undefined]);
});

Deno.test("limits that say nothing are none, and a narrower entry can say so of one field", () => {
  const class_ = {
    ...says({ limits: { max: "claim", minPercent: 100, swap: "forbidden" } }),
    source: "class",
  } as const;
  const claim = says({ limits: { minPercent: 0, swap: "allowed" } });
  assert.deepEqual(terms([ram], class_, claim), [{ request: "ram", limits: { max: "claim" } }]);
  assert.deepEqual(terms([ram], says({ limits: { max: "none", highPercent: 0, swap: "allowed" } })), []);
});

for (const field of ["lowPercent", "minPercent"] as const) {
  Deno.test(`limits.${field} above limits.highPercent is refused, also where one is the class's`, () => {
    const class_ = { ...says({ limits: { highPercent: 50 } }), source: "class" } as const;
    assert.throws(() => terms([ram], class_, says({ limits: { [field]: 60 } })), {
      name: "ConfigError",
      message:
        `limits.${field}: 60 is above limits.highPercent, 50: the kernel would be told to keep what it is told to take ` +
        "back: write 50 or less",
    });
    assert.deepEqual(terms([ram], class_, says({ limits: { [field]: 50 } })), [
      { request: "ram", limits: { highPercent: 50, [field]: 50 } },
    ]);
  });
}

Deno.test("limits of hugepages are refused, of which there are none beyond the claim", () => {
  assert.throws(() => terms([pages], says({ limits: { max: "claim" } })), {
    message:
      "limits.max: it is for memory, and request pages was given hugepages-2m, of which it can use what it claims " +
      "and no more",
  });
});

const atPath = { hugetlbfs: { mountPath: containerPath("/mnt/huge") } };
const noMount =
  "hugetlbfs.mountPath: /mnt/huge is for hugepages, and request ram was given memory, which has no file system: take it out";

for (
  const [what, results, requests] of [
    ["for memory by name", [ram, pages], ["ram"]],
    ["for a claim of memory alone", [ram], []],
  ] as const
) {
  Deno.test(`the path of a hugetlbfs ${what} is refused`, () => {
    assert.throws(() => terms(results, says(atPath, ...requests)), { name: "ConfigError", message: noMount });
  });
}

Deno.test("the path of a hugetlbfs is for whichever request is given hugepages", () => {
  assert.deepEqual(terms([ram, pages], says(atPath)), []);
  assert.deepEqual(terms([ram], { ...says(atPath), source: "class" }), []);
  const second = resultOf("memory-numa1", MiB, "ram/second");
  assert.deepEqual(terms([second], says(atPath)), []);
  assert.deepEqual(terms([second], says(atPath, "ram")), []);
});

Deno.test("the path of a hugetlbfs for an alternative that is memory is refused", () => {
  const second = resultOf("memory-numa1", MiB, "ram/second");
  assert.throws(() => terms([second], says(atPath, "ram/second")), {
    message: noMount.replace("request ram", "request ram/second"),
  });
});

Deno.test("no mount for memory is what it has anyway", () => {
  assert.deepEqual(terms([ram], says({ hugetlbfs: { mountPath: "none" } }, "ram")), []);
});

Deno.test("a path that every container has something at is refused for hugepages", () => {
  const config = says({ hugetlbfs: { mountPath: containerPath("/proc/huge") } });
  const message =
    "hugetlbfs.mountPath: /proc/huge meets /proc, which every container has: choose another path";
  assert.throws(() => terms([ram, pages], config), { name: "MountPathError", message });
  assert.deepEqual(terms([ram, pages], says({ hugetlbfs: { mountPath: "none" } })), []);
});
