import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, effectiveConfig } from "../../../../core/claims/configuration/effective_config.ts";
import {
  type MountPath,
  type OpaqueConfig,
  policyModes,
} from "../../../../core/claims/configuration/memory_config.ts";
import { containerPath } from "../../../../core/values/container_path.ts";

const a = containerPath("/a"), b = containerPath("/b");

function entry(source: "class" | "claim", requests: readonly string[], mountPath?: MountPath): OpaqueConfig {
  return { source, requests, parameters: mountPath === undefined ? {} : { hugetlbfs: { mountPath } } };
}

const pathOf = (request: string, ...configs: OpaqueConfig[]) =>
  effectiveConfig(request, configs).hugetlbfs?.mountPath;

Deno.test("without configuration nothing is configured", () => {
  assert.deepEqual(effectiveConfig("pages", []), {});
});

for (
  const [what, wide, narrow] of [
    ["a claim over its class", entry("class", [], a), entry("claim", [], b)],
    ["a claim for all requests over a class for this one", entry("class", ["r"], a), entry("claim", [], b)],
    ["an entry for the request over one for all", entry("claim", [], a), entry("claim", ["r"], b)],
    [
      "an entry for the subrequest over one for its request",
      entry("claim", ["r"], a),
      entry("claim", ["r/s"], b),
    ],
  ] as const
) {
  Deno.test(`the narrower wins: ${what}, in either order`, () => {
    assert.equal(pathOf("r/s", wide, narrow), pathOf("r/s", narrow, wide));
    assert.equal(pathOf(narrow.requests[0] ?? "r", narrow, wide), b);
  });
}

Deno.test("an entry without a field leaves it as the wider one has it", () => {
  assert.equal(pathOf("r", entry("class", [], a), entry("claim", ["r"])), a);
  const { parameters, ...rest } = entry("claim", ["r"]);
  assert.equal(
    pathOf("r", entry("class", [], a), { ...rest, parameters: { ...parameters, hugetlbfs: {} } }),
    a,
  );
});

Deno.test("an entry for other requests says nothing of this one", () => {
  for (const other of ["other", "r2", "other/s"]) {
    assert.equal(pathOf("r", entry("claim", [other], a)), undefined);
  }
  assert.equal(pathOf("r/s", entry("claim", ["r/t"], a)), undefined);
});

Deno.test("two equally narrow entries may say the same, and are refused with the field when they differ", () => {
  assert.equal(pathOf("r", entry("claim", ["r"], a), entry("claim", ["r", "q"], a)), a);
  assert.throws(
    () => pathOf("r", entry("claim", ["r"], a), entry("claim", ["r", "q"], b)),
    new ConfigError(
      'its configuration for r, q says hugetlbfs.mountPath: "/b", another one for the same requests "/a": keep one of them',
    ),
  );
});

Deno.test("a malformed entry is refused with its problems, also one for another request", () => {
  const malformed: OpaqueConfig = {
    source: "class",
    requests: [],
    parameters: { problems: ["x: bad", "y: worse"] },
  };
  assert.throws(
    () => effectiveConfig("r", [malformed]),
    new ConfigError("the configuration of its DeviceClass cannot be used: x: bad; y: worse"),
  );
  assert.throws(() => effectiveConfig("r", [{ ...malformed, source: "claim", requests: ["q"] }]), {
    message: "its configuration for q cannot be used: x: bad; y: worse",
  });
});

/** Entries of which no two are equally narrow for any of the requests. */
const entries = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom("class", "claim"),
    requests: fc.constantFrom([], ["r"], ["q"], ["r/s"]),
    parameters: fc.record({
      hugetlbfs: fc.record({ mountPath: fc.constantFrom<MountPath>(a, b, "none") }, {
        requiredKeys: [],
        noNullPrototype: true,
      }),
      policy: fc.constantFrom(...policyModes),
      limits: fc.record({
        max: fc.constantFrom("claim", "none"),
        highPercent: fc.constantFrom(0, 90),
        swap: fc.constantFrom("forbidden", "allowed"),
      }, { requiredKeys: [], noNullPrototype: true }),
    }, { requiredKeys: [], noNullPrototype: true }),
  }, { noNullPrototype: true }),
  { selector: ({ source, requests }) => `${source} ${requests}`, maxLength: 6 },
) as fc.Arbitrary<OpaqueConfig[]>;
const request = fc.constantFrom("r", "q", "r/s");

Deno.test("the order of entries does not matter", () => {
  fc.assert(fc.property(entries, request, (configs, request) => {
    assert.deepEqual(effectiveConfig(request, configs.toReversed()), effectiveConfig(request, configs));
  }));
});

Deno.test("an entry that is given twice changes nothing", () => {
  fc.assert(fc.property(entries, request, (configs, request) => {
    assert.deepEqual(effectiveConfig(request, [...configs, ...configs]), effectiveConfig(request, configs));
  }));
});

Deno.test("what the claim says of the request itself always holds, whatever else there is", () => {
  fc.assert(fc.property(entries, fc.constantFrom(a, b), (configs, path) => {
    const others = configs.filter(({ source, requests }) => source !== "claim" || !requests.includes("r"));
    assert.equal(pathOf("r", ...others, entry("claim", ["r"], path)), path);
  }));
});

Deno.test("whatever comes out has been said by some entry", () => {
  fc.assert(fc.property(entries, request, (configs, request) => {
    const path = pathOf(request, ...configs);
    const said = configs.map(({ parameters }) =>
      "hugetlbfs" in parameters && parameters.hugetlbfs?.mountPath
    );
    assert.ok(path === undefined || said.includes(path));
  }));
});

/** The fields of a configuration that say something, each by its path. */
function leaves(value: object, path = ""): [path: string, value: unknown][] {
  return Object.entries(value).flatMap(([name, field]) => {
    const here = path === "" ? name : `${path}.${name}`;
    return typeof field === "object" && field !== null
      ? leaves(field, here)
      : [[here, field] as [string, unknown]];
  });
}

Deno.test("each field is what the narrowest entry says that has it", () => {
  const wideFirst = [
    ["class", ""],
    ["class", "r"],
    ["class", "r/s"],
    ["claim", ""],
    ["claim", "r"],
    ["claim", "r/s"],
  ] as const;
  fc.assert(fc.property(entries, (configs) => {
    const expected = new Map<string, unknown>();
    for (const [source, name] of wideFirst) {
      for (const { parameters, ...of } of configs) {
        if (of.source !== source || of.requests.join() !== name) continue;
        for (const [path, value] of leaves(parameters)) expected.set(path, value);
      }
    }
    assert.deepEqual(new Map(leaves(effectiveConfig("r/s", configs))), expected);
  }));
});
