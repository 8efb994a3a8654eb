import assert from "node:assert/strict";
import { readMemoryConfig } from "../../../../adapters/protocols/configuration/memory_config.ts";
import { policyModes } from "../../../../core/claims/configuration/memory_config.ts";

const head = { apiVersion: "dra.memory/v1alpha1", kind: "MemoryConfig" };

Deno.test("a configuration may say nothing", () => {
  assert.deepEqual(readMemoryConfig(head), {});
  assert.deepEqual(readMemoryConfig({ ...head, hugetlbfs: {} }), { hugetlbfs: {} });
});

for (const mountPath of ["/mnt/huge", "none"]) {
  Deno.test(`the hugetlbfs can be at ${mountPath}`, () => {
    assert.deepEqual(readMemoryConfig({ ...head, hugetlbfs: { mountPath } }), { hugetlbfs: { mountPath } });
  });
}

for (const policy of policyModes) {
  Deno.test(`the policy can be ${policy}`, () => {
    assert.deepEqual(readMemoryConfig({ ...head, policy }), { policy });
  });
}

const noPath = (text: string) =>
  `hugetlbfs.mountPath: ${
    JSON.stringify(text)
  } is no path of a container (write an absolute path as /mnt/huge, ` +
  'without "..", or none for no mount)';

const noPercent = (field: string, text: string) =>
  `limits.${field}: ${text} is no percentage (write a whole number from 0 for none to 100)`;

Deno.test("limits are read as they are written", () => {
  const limits = { max: "claim", highPercent: 90, lowPercent: 0, minPercent: 100, swap: "forbidden" };
  assert.deepEqual(readMemoryConfig({ ...head, limits }), { limits });
  assert.deepEqual(readMemoryConfig({ ...head, limits: {} }), { limits: {} });
});

const noPolicy = (text: string) =>
  `policy: ${text} is no policy (write one of bind, preferred, preferredMany, interleave, weightedInterleave)`;

for (
  const [parameters, ...problems] of [
    [
      undefined,
      "parameters: undefined is no object with the fields apiVersion, kind, hugetlbfs, policy, limits",
    ],
    ["text", 'parameters: "text" is no object with the fields apiVersion, kind, hugetlbfs, policy, limits'],
    [{}, "apiVersion: it is missing", "kind: it is missing"],
    [{ ...head, apiVersion: "dra.memory/v1" }, "apiVersion: must be dra.memory/v1alpha1"],
    [{ ...head, kind: "Config" }, "kind: must be MemoryConfig"],
    [
      { ...head, hugetlb: {} },
      "hugetlb: unknown field (allowed here: apiVersion, kind, hugetlbfs, policy, limits)",
    ],
    [{ ...head, hugetlbfs: null }, "hugetlbfs: null is no object with the fields mountPath"],
    [{ ...head, hugetlbfs: [] }, 'hugetlbfs: "a list" is no object with the fields mountPath'],
    [[], 'parameters: "a list" is no object with the fields apiVersion, kind, hugetlbfs, policy, limits'],
    [
      { ...head, hugetlbfs: { options: ["exec"] } },
      "hugetlbfs.options: unknown field (allowed here: mountPath)",
    ],
    [{ ...head, hugetlbfs: { size: "1Gi" } }, "hugetlbfs.size: unknown field (allowed here: mountPath)"],
    [
      { ...head, hugetlbfs: { mountPath: 1 } },
      "hugetlbfs.mountPath: 1 is no text (write a path, or none for no mount)",
    ],
    [{ ...head, limits: { max: "1Gi" } }, 'limits.max: "1Gi" is not known (write claim or none)'],
    [{ ...head, limits: { swap: false } }, "limits.swap: false is not known (write forbidden or allowed)"],
    [{ ...head, limits: { lowPercent: "50%" } }, noPercent("lowPercent", '"50%"')],
    [{ ...head, limits: { minPercent: 101 } }, noPercent("minPercent", "101")],
    [{ ...head, limits: { highPercent: -1 } }, noPercent("highPercent", "-1")],
    [{ ...head, limits: { highPercent: 0.5 } }, noPercent("highPercent", "0.5")],
    [
      { ...head, limits: { oom: true } },
      "limits.oom: unknown field (allowed here: max, highPercent, lowPercent, minPercent, swap)",
    ],
    [{ ...head, policy: "local" }, noPolicy('"local"')],
    [{ ...head, policy: "Bind" }, noPolicy('"Bind"')],
    [{ ...head, policy: null }, noPolicy("null")],
    [{ ...head, policy: ["bind"] }, noPolicy("a list")],
    [{ ...head, policy: { mode: "bind" } }, noPolicy("an object")],
    [{ ...head, hugetlbfs: { mountPath: "mnt" } }, noPath("mnt")],
    [{ ...head, hugetlbfs: { mountPath: "" } }, noPath("")],
    [{ ...head, hugetlbfs: { mountPath: "/" } }, noPath("/")],
    [{ ...head, hugetlbfs: { mountPath: "/mnt/../etc" } }, noPath("/mnt/../etc")],
    [{ ...head, hugetlbfs: { mountPath: "/mnt,exec" } }, noPath("/mnt,exec")],
    [
      { ...head, hugetlbfs: { mountPath: `/${"a".repeat(64)}` } },
      "hugetlbfs.mountPath: longer than 64 characters",
    ],
  ] as [unknown, ...string[]][]
) {
  Deno.test(`${JSON.stringify(parameters)} is refused with the field and what is allowed`, () => {
    assert.deepEqual(readMemoryConfig(parameters), { problems });
  });
}

Deno.test("what is quoted of parameters is on one line", () => {
  const result = readMemoryConfig({ ...head, "a\nb": 1, hugetlbfs: { mountPath: "/mnt\n\0" } });
  assert.deepEqual(result, {
    problems: [
      'hugetlbfs.mountPath: "/mnt\\n\\u0000" is no path of a container (write an absolute path as /mnt/huge, without ' +
      '"..", or none for no mount)',
      "a\\nb: unknown field (allowed here: apiVersion, kind, hugetlbfs, policy, limits)",
    ],
  });
});

Deno.test("what is quoted of parameters is bounded", () => {
  const result = readMemoryConfig({
    ...head,
    [`x${"y".repeat(9000)}`]: 1,
    hugetlbfs: { mountPath: "z".repeat(9000) },
  });
  assert.ok("problems" in result);
  for (const problem of result.problems) assert.ok(problem.length < 500);
});
