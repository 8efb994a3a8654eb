import assert from "node:assert/strict";
import { checkKubelet } from "../../../../core/operations/validate/kubelet_checks.ts";
import type { DirectoryState, MemoryManagerFact } from "../../../../core/operations/ports/node_facts.ts";
import { outcomes } from "./facts.ts";

function check(
  states: readonly DirectoryState[],
  memoryManager: MemoryManagerFact = { kind: "known", policy: "None", setBy: { kind: "default" } },
  root = { root: "/var/lib/kubelet", rootNamed: false },
  countsClaims: boolean | undefined = undefined,
) {
  return checkKubelet({
    ...root,
    directories: states.map((state, index) => ({ path: `/d${index}`, state })),
    memoryManager,
    countsClaims,
  });
}

Deno.test("a kubelet that does not count claims is a warning with a way out; what cannot be told is not said", () => {
  const counting = (counts: boolean | undefined) => check(["writable"], undefined, undefined, counts)[2];
  assert.equal(counting(undefined), undefined);
  assert.equal(counting(true)?.outcome, "pass");
  const found = counting(false);
  assert(found?.outcome === "warn");
  assert.match(
    found.message,
    /^the kubelet and the scheduler count the same memory and hugepages for ordinary pods/,
  );
  assert.match(found.fix, /^leave the hugepages of this node to claims/);
});

Deno.test("a kubelet with its directories and without a memory manager of its own passes", () => {
  assert.deepEqual(outcomes(check(["writable", "writable"])), [
    "pass kubelet-directories",
    "pass kubelet-memory-manager",
  ]);
});

for (
  const [state, remedy] of [
    ["missing", /^start the kubelet/],
    ["not writable", /^run as root/],
    ["no directory", /^run as root/],
  ] as const
) {
  Deno.test(`a directory that is ${state} fails, and is named`, () => {
    const [result] = check(["writable", state]);
    assert(result?.outcome === "fail");
    assert.match(result.message, /^\/d1 is /);
    assert.match(result.fix, remedy);
  });
}

Deno.test("a kubelet elsewhere is a warning, since the driver has to be told; not where somebody named the place", () => {
  const elsewhere = (rootNamed: boolean) =>
    check(["writable"], undefined, { root: "/var/lib/k0s/kubelet", rootNamed })[0];
  const found = elsewhere(false);
  assert(found?.outcome === "warn");
  assert.match(found.fix, /^start the driver with --kubelet-root=\/var\/lib\/k0s\/kubelet/);
  assert.equal(elsewhere(true)?.outcome, "pass");
});

const inFile = { kind: "file", path: "config.yaml" } as const;
const policies: Record<string, [MemoryManagerFact, string]> = {
  "Static": [{ kind: "known", policy: "Static", setBy: inFile }, "fail kubelet-memory-manager"],
  "None": [{ kind: "known", policy: "None", setBy: inFile }, "pass kubelet-memory-manager"],
  "unknown to it": [
    { kind: "known", policy: "static", setBy: inFile },
    "fail kubelet-memory-manager",
  ],
  "not to be told": [{ kind: "unknown", reason: "not there" }, "warn kubelet-memory-manager"],
};
for (const [policy, [fact, outcome]] of Object.entries(policies)) {
  Deno.test(`a memory manager whose policy is ${policy}: ${outcome}`, () => {
    assert.equal(outcomes(check([], fact))[1], outcome);
  });
}

for (
  const [setBy, message, remedy] of [
    [inFile, /Static \(config\.yaml\)$/, /^set memoryManagerPolicy: None, remove /],
    [
      { kind: "flag" },
      /Static \(--memory-manager-policy of the kubelet that runs\)$/,
      /^take --memory-manager-policy from its flags, remove /,
    ],
  ] as const
) {
  Deno.test(`the remedy for a policy is where it is set: ${setBy.kind}`, () => {
    const result = check([], { kind: "known", policy: "Static", setBy })[1];
    assert(result?.outcome === "fail");
    assert.match(result.message, message);
    assert.match(result.fix, remedy);
  });
}
