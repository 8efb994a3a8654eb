/**
 * What selectors mean on one device, asked of the scheduler's own evaluator: expressions as people write them, and where
 * the language, its regular expressions, quantities and versions have corners.
 */
import assert from "node:assert/strict";
import * as v from "valibot";
import { CelSelectors } from "../../adapters/operations/cluster/cel_selectors.ts";
import { SliceReader } from "../../adapters/operations/cluster/slice_object.ts";
import { poolsByNode } from "../../core/operations/cluster/pools.ts";
import { allocatorPrograms } from "./allocator/allocator.ts";
import { requirePeer } from "./go.ts";
import { JsonPeer } from "./json_peer.ts";

const attributes = `device.attributes["dra.memory"]`,
  standard = `device.attributes["resource.kubernetes.io"]`;
const tier = `${attributes}.tier`, version = `${attributes}.version`, flag = `${attributes}.flag`;
const numaNode = `${standard}.numaNode`, size = `device.capacity["dra.memory"].size`;
const missing = `${standard}.missing`, nowhere = `device.attributes["gpu.example.com"]`;

const expressions = [
  // Attributes, and what a device has not.
  ...[
    `${numaNode} == 0`,
    `${numaNode} < 1.5`,
    `${numaNode} == 0.0`,
    `${numaNode} in [0, 1]`,
    `${numaNode} in [0.0]`,
  ],
  ...[
    `${numaNode} == "0"`,
    `${numaNode} > "0"`,
    `${numaNode} + 1 == 1`,
    `${numaNode} / 0 == 1`,
    `${numaNode} == null`,
  ],
  ...[
    `${numaNode} < 1u`,
    `${numaNode} == 0u`,
    `string(${numaNode}) == "0"`,
    `size(${numaNode}) == 1`,
    `-${numaNode} == 0`,
  ],
  ...[
    `${flag} && ${numaNode}`,
    `${flag} || ${numaNode}`,
    `${flag} == "true"`,
    `string(${flag}) == "true"`,
    `!${numaNode}`,
  ],
  ...[`${missing} == 1`, `${missing} == 1 || true`, `${missing} == 1 && false`, `true || ${missing} == 1`],
  ...[
    `has(${missing}) && ${missing} == 1`,
    `has( ${numaNode} )`,
    `!has(${missing})`,
    `"missing" in ${standard}`,
  ],
  ...[`${missing} ? true : false`, `${numaNode} == 0 ? true : ${missing}`, `[${missing}].size() == 1`],
  ...[
    `${nowhere}.model == 1`,
    `has(${nowhere}.model)`,
    `!("model" in ${nowhere})`,
    `${nowhere} == {}`,
    `size(${nowhere}) == 0`,
  ],
  ...[
    `"dra.memory" in device.attributes`,
    `"gpu.example.com" in device.attributes`,
    `!("gpu.example.com" in device.capacity)`,
  ],
  ...[
    `size(device.attributes) == 2`,
    `device.attributes.exists(d, d == "dra.memory")`,
    `device.attributes == {}`,
  ],
  ...[
    `device.attributes.exists(d, "numaNode" in device.attributes[d])`,
    `["a.b"].exists(d, d in device.attributes)`,
  ],
  ...[
    `${standard}.exists(k, k == "numaNode")`,
    `${standard}.exists_one(k, k.startsWith("numa"))`,
    `${standard}["numaNode"] == 0`,
  ],
  ...[
    `${standard}.?missing.orValue(5) == 5`,
    `device.attributes[?"gpu.example.com"].hasValue()`,
    `${attributes}.?tier.value() == "dram"`,
  ],
  ...[
    `${attributes}.?missing.value() == "dram"`,
    `cel.bind(a, ${nowhere}, has(a.model))`,
    `"has(" == "has("`,
    `{"has": true}.has`,
  ],
  ...[
    `device.driver.endsWith("memory")`,
    `device.allowMultipleAllocations`,
    `has(device.allowMultipleAllocations)`,
  ],
  // Texts and their patterns, which are RE2's.
  ...[
    `${tier} in ["dram", "hbm"] && ${numaNode} in [0]`,
    `!(${tier} in ["hbm"])`,
    `${tier} in []`,
    `${tier} == "DRAM"`,
  ],
  ...[
    `${tier}.substring(1, 2) == "r"`,
    `"abc".substring(1, 5) == "bc"`,
    `${tier}.replace("d", "x") == "xram"`,
    `${tier}[0] == "d"`,
  ],
  ...[
    `"a,b,".split(",").size() == 3`,
    `"".split(",").size() == 1`,
    `${tier}.lowerAscii() == "dram"`,
    `"d" in ${tier}`,
  ],
  ...[
    `${tier}.matches("ra")`,
    `${tier}.matches("(?i)^DRAM$")`,
    `${tier}.matches("[[:alpha:]]+")`,
    `${tier}.matches("(?P<n>d)ram")`,
  ],
  ...[
    `${tier}.matches("d(?=r)")`,
    `${tier}.matches("(?<!x)ram")`,
    `${tier}.matches("d{1001}")`,
    `${tier}.matches("[")`,
  ],
  ...[
    `"a\\nb".matches("^b$")`,
    `"a\\nb".matches("(?m)^b$")`,
    `"a\\nb".matches("a.b")`,
    `"1".matches("^\\\\d$")`,
    `"٣".matches("\\\\d")`,
  ],
  ...[
    `"a".matches("(?U)a+")`,
    `"é".matches("\\\\pL")`,
    `"😀".matches("^.$")`,
    `"aa".matches("^(a)\\\\1$")`,
    `${tier}.matches("")`,
  ],
  // Quantities.
  ...[
    `${size}.isGreaterThan(quantity("1Mi"))`,
    `${size} == quantity("1024Mi")`,
    `${size} in [quantity("1Gi")]`,
  ],
  ...[
    `${size} == "1Gi"`,
    `${size} == 1073741824`,
    `${size} != 1`,
    `${size} >= quantity("1Gi")`,
    `${size}.isGreaterThan("1Mi")`,
  ],
  ...[
    `${size}.asInteger() / 1024 / 1024 == 1024`,
    `${size}.sub(quantity("1Gi")) == quantity("0")`,
    `has(device.capacity["dra.memory"].size)`,
  ],
  ...[
    "Gi",
    "k",
    "m",
    "e3",
    "E",
    "e",
    "+",
    "-",
    ".",
    "-.Gi",
    "1.",
    ".5",
    "++1",
    "1ee3",
    "1e3Ki",
    "1 ",
    "",
    "GiB",
    "00012",
  ].map((text) => `isQuantity("${text}")`),
  ...[
    "1.0",
    "1000m",
    "0.5Ki",
    "99Ti",
    "100Ti",
    "99999Gi",
    "100000Gi",
    "1Pi",
    "9E",
    "10E",
    "1e18",
    "1e19",
    "999999999999999999",
    "00012",
  ]
    .map((text) => `quantity("${text}").isInteger()`),
  ...[
    `quantity("100Ti").asInteger() > 0`,
    `quantity("1.5").asInteger() == 1`,
    `quantity("bad") == quantity("1")`,
  ],
  ...[
    `quantity("Gi") == quantity("0")`,
    `quantity("0.5Gi") == quantity("512Mi")`,
    `quantity("0.1n") == quantity("1n")`,
  ],
  ...[
    `quantity("1.0").add(quantity("1.0")).isInteger()`,
    `quantity("1Gi").sub(1).isInteger()`,
    `sign(quantity("-1")) == -1`,
  ],
  // Versions.
  ...[
    `${version} == semver("1.2.3")`,
    `${version} in [semver("1.2.3")]`,
    `${version}.isLessThan(semver("2.0.0"))`,
    `${version} == null`,
  ],
  ...[
    `${version} == "1.2.3"`,
    `${version} != "1.2.3"`,
    `!(${version} == "1.2.3")`,
    `${version} == 1`,
    `${version} == [1]`,
  ],
  ...[
    `${version} == "1.2.3" || true`,
    `${version}.startsWith("1")`,
    `string(${version}) == "1.2.3"`,
    `${version} < semver("2.0.0")`,
  ],
  ...["1.2", "v1.2.3", "1.2.3 ", " 1.2.3", "1.2.3-01", "01.2.3", "1.2.3-a+b", ""].map((text) =>
    `isSemver("${text}")`
  ),
  ...[
    `semver("v1.2.3", true).minor() == 2`,
    `isSemver("01.2.3", true)`,
    `semver("1.2.3+a") == semver("1.2.3+b")`,
  ],
  // The language.
  ...[
    `1`,
    `"a"`,
    `1 / 0 == 1 || true`,
    `1 / 0 == 1 && false`,
    `1 % 0 == 1`,
    `9223372036854775807 + 1 == 0`,
    `5u - 6u == 0u`,
  ],
  ...[
    `[1, 2].exists(x, 1 / (x - 1) == 1)`,
    `[1, 2].all(x, 1 / (x - 1) == 5)`,
    `[1, 2, 3].map(x, x > 1, x) == [2, 3]`,
  ],
  ...[
    `{"a": 1}["b"] == 1`,
    `[1, 2][5] == 1`,
    `[1] + [2] == [1, 2]`,
    `int("x") == 5`,
    `int(1.9) == 1`,
    `bool("1")`,
    `bool("yes")`,
  ],
  ...[
    `7 / 2 == 3`,
    `-7 % 3 == -1`,
    `1.0 / 0.0 > 1.0`,
    `true // said`,
    `"""three""" == 'three'`,
    `r"a\\b" == "a\\\\b"`,
    `"\\u00e9" == "é"`,
  ],
];

/** What does not compile there, or takes a library that is not here: unknown is all that may be said. */
const unknownHere = [
  `${size} == null`,
  ...[
    `device.attributes.numaNode == 0`,
    `device.name == "x"`,
    `[1, "a"].size() == 2`,
    `quantity("2") + quantity("1") == quantity("3")`,
  ],
  ...[
    `sets.contains([1, 2], [1])`,
    `ip("10.0.0.1").family() == 4`,
    `[1, 2].sum() == 3`,
    `"%d".format([1]) == "1"`,
  ],
  ...[
    `${standard}.exists(k, v, k == "numaNode" && v == 0)`,
    `${attributes}.?tier.optMap(t, t == "dram").orValue(false)`,
  ],
];

const slice = {
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceSlice",
  metadata: { name: "slice" },
  spec: {
    driver: "dra.memory",
    nodeName: "node",
    pool: { name: "node", generation: 1, resourceSliceCount: 1 },
    devices: [{
      name: "device",
      allowMultipleAllocations: true,
      attributes: {
        tier: { string: "dram" },
        version: { version: "1.2.3" },
        flag: { bool: true },
        "resource.kubernetes.io/numaNode": { int: 0 },
      },
      capacity: { size: { value: "1Gi" } },
    }],
  },
};
const [pool] = poolsByNode([new SliceReader().read(slice)]).get("node") ?? [];
const device = pool?.devices[0] ?? assert.fail();

const answer = v.object({
  verdicts: v.tuple([v.object({ fits: v.optional(v.boolean(), false), error: v.optional(v.string()) })]),
});

function clusterWith(expression: string) {
  const exactly = {
    deviceClassName: "any",
    allocationMode: "ExactCount",
    count: 1,
    selectors: [{ cel: { expression } }],
  };
  const claim = {
    metadata: { name: "claim", namespace: "default", uid: "5e1ec704-0000-4000-8000-000000000001" },
    spec: { devices: { requests: [{ name: "request", exactly }] } },
  };
  const classes = [{ metadata: { name: "any" }, spec: {} }];
  return { slices: [slice], classes, claims: [], wanted: [claim], nodes: ["node"] };
}

/** True, false, that it errs, or that it is unknown. */
function judged(expression: string): boolean | string {
  const verdict = new CelSelectors().evaluate(expression, device);
  return typeof verdict === "boolean" ? verdict : verdict.kind;
}

for (const [minor, program] of Object.entries(allocatorPrograms)) {
  Deno.test(`${expressions.length} selectors mean what they mean to the scheduler of 1.${minor}`, async () => {
    await using peer = JsonPeer.start(await requirePeer(program));
    const seen = new Map<boolean | string, number>(), differences: string[] = [];
    for (const expression of expressions) {
      const { verdicts: [{ fits, error }] } = await peer.ask({ judge: clusterWith(expression) }, answer);
      const refused = error?.includes("compile error") === true, theirs = error === undefined ? fits : "errs";
      const ours = judged(expression);
      // What the API server would not have taken may be unknown here.
      if (ours !== theirs && !(refused && ours === "unknown")) {
        differences.push(`${expression}: ${ours}, there ${theirs} ${error ?? ""}`);
      }
      seen.set(ours, (seen.get(ours) ?? 0) + 1);
    }
    assert.deepEqual(differences, []);
    // All verdicts stand in the sample, or it would prove little.
    for (const kind of [true, false, "errs"]) {
      assert.ok((seen.get(kind) ?? 0) > 20, `${kind}: ${seen.get(kind)}`);
    }
  });
}

for (const expression of unknownHere) {
  Deno.test(`${expression} is not judged`, () => assert.equal(judged(expression), "unknown"));
}
