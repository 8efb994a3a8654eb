import assert from "node:assert/strict";
import { checkNriSocket, checkRuntime } from "../../../../core/operations/validate/runtime_checks.ts";
import type { NriSocketFacts, RuntimeFacts } from "../../../../core/operations/ports/node_facts.ts";
import { containerdSettings } from "../../../../core/operations/runtimes/containerd_settings.ts";
import { crioSettings } from "../../../../core/operations/runtimes/crio_settings.ts";
import { parseRuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { stateOf } from "../../../../core/operations/runtimes/setting.ts";
import { outcomes, problems } from "./facts.ts";

const cri = "io.containerd.cri.v1.runtime", nri = "io.containerd.nri.v1.nri";

/** containerd with one file of version 3 that has these tables of plugins. */
function containerd(plugins: Record<string, unknown>, version = "2.1.9"): RuntimeFacts {
  const layers = [{ path: "/etc/containerd/config.toml", table: { plugins } }];
  const states = containerdSettings(3, false).map((setting) => stateOf(setting, layers, "by key"));
  return {
    runtime: "containerd",
    version: parseRuntimeVersion(version),
    settings: { kind: "known", states },
  };
}

const fit = { [cri]: { disable_hugetlb_controller: false } };

Deno.test("a containerd that is set up passes", () => {
  assert.deepEqual(outcomes(checkRuntime(containerd(fit), "/var/run/cdi")), [
    "pass runtime-version",
    "pass runtime-nri",
    "pass runtime-cdi",
    "pass runtime-hugetlb",
  ]);
});

const mistakes: Record<string, [Record<string, unknown>, string, RegExp]> = {
  "the hugetlb controller as it is by default": [
    {},
    "fail runtime-hugetlb",
    /^disable_hugetlb_controller is true \(built in\): the limits of claims are dropped silently$/,
  ],
  "NRI off": [{ ...fit, [nri]: { disable: true } }, "fail runtime-nri", /^disable is true \(in \/etc/],
  "NRI without connections": [
    { ...fit, [nri]: { disable_connections: true } },
    "fail runtime-nri",
    /connections/,
  ],
  "CDI off": [{ [cri]: { ...fit[cri], enable_cdi: false } }, "fail runtime-cdi", /^enable_cdi is false/],
  "other CDI directories": [
    { [cri]: { ...fit[cri], cdi_spec_dirs: ["/etc/cdi"] } },
    "fail runtime-cdi",
    /^\/var\/run\/cdi is not among .*: \/etc\/cdi$/,
  ],
};
for (const [mistake, [plugins, outcome, message]] of Object.entries(mistakes)) {
  Deno.test(`containerd with ${mistake}: ${outcome}, to be mended by setup-runtime`, () => {
    const results = checkRuntime(containerd(plugins), "/var/run/cdi").filter(({ outcome }) =>
      outcome !== "pass"
    );
    assert.deepEqual(outcomes(results), [outcome]);
    const [result] = results;
    assert.match(result?.message ?? "", message);
    assert(result?.outcome === "fail");
    assert.equal(result.fix, "dramemory setup-runtime containerd --restart");
  });
}

Deno.test("the CDI directory counts by both its names, with or without a slash at its end", () => {
  assert.deepEqual(problems(checkRuntime(containerd(fit), "/run/cdi/")), []);
});

Deno.test("a CDI directory of one's own has to be among the runtime's", () => {
  const own = { [cri]: { ...fit[cri], cdi_spec_dirs: ["/etc/cdi", "/srv/cdi"] } };
  assert.deepEqual(problems(checkRuntime(containerd(own), "/srv/cdi")), []);
  const [result] = checkRuntime(containerd(fit), "/srv/cdi").filter(({ outcome }) => outcome !== "pass");
  assert(result?.outcome === "fail");
  assert.match(result.fix, /^add \/srv\/cdi to cdi_spec_dirs/);
});

const versions: Record<string, string> = {
  "1.7.35": "pass",
  "1.6.36": "fail",
  "2.3.7": "pass",
  "none": "warn",
};
for (const [version, outcome] of Object.entries(versions)) {
  Deno.test(`containerd ${version}: ${outcome}`, () => {
    assert.equal(checkRuntime(containerd(fit, version), "/run/cdi")[0]?.outcome, outcome);
  });
}

Deno.test("CRI-O that does not say whether NRI is on is a warning, since that depends on its version", () => {
  const states = crioSettings(false).map((setting) => stateOf(setting, [], "by key"));
  const facts = { runtime: "crio", version: parseRuntimeVersion("crio version 1.34.1") } as const;
  const results = checkRuntime({ ...facts, settings: { kind: "known", states } }, "/run/cdi");
  assert.deepEqual(outcomes(results), ["pass runtime-version", "warn runtime-nri", "pass runtime-cdi"]);
});

Deno.test("a configuration that is unusable fails; one that cannot be read is a warning", () => {
  const facts = containerd(fit);
  const outcome = (kind: "unusable" | "unknown") =>
    problems(checkRuntime({ ...facts, settings: { kind, reason: "why" } }, "/run/cdi"));
  assert.deepEqual(outcome("unusable"), ["fail runtime-nri"]);
  assert.deepEqual(outcome("unknown"), ["warn runtime-nri"]);
});

Deno.test("a runtime that is not found is a warning: it may be out of this process's sight", () => {
  assert.deepEqual(outcomes(checkRuntime(undefined, "/run/cdi")), ["warn runtime-version"]);
});

const connections: [NriSocketFacts["outcome"], string][] = [
  [{ kind: "connected" }, "pass"],
  [{ kind: "missing" }, "fail"],
  [{ kind: "refused", reason: "connection refused" }, "fail"],
];
for (const [outcome, expected] of connections) {
  Deno.test(`an NRI socket that is ${outcome.kind}: ${expected}`, () => {
    assert.equal(checkNriSocket({ path: "/nri.sock", outcome }).outcome, expected);
  });
}
