import assert from "node:assert/strict";
import { checkNriSocket } from "../../../../core/operations/validate/nri_socket_check.ts";
import { checkRuntime } from "../../../../core/operations/validate/runtime_checks.ts";
import type {
  FoundRuntimeFacts,
  NriSocketFacts,
  RuntimeSettings,
} from "../../../../core/operations/ports/node_facts.ts";
import { parseRuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { type Setting, type SettingsReading, stateOf } from "../../../../core/operations/runtimes/setting.ts";
import { outcomes, problems } from "./facts.ts";

const path = "/etc/runtime.toml";
const off = (purpose: string, key: string, builtIn: boolean | undefined): Setting => ({
  purpose,
  path: ["plugins", key],
  wanted: { kind: "is", value: false },
  builtIn,
});

/** What is wanted of a runtime that is made up: NRI is on by itself, hugepage limits are not. */
const settings: Setting[] = [
  off("NRI", "disable_nri", false),
  off("CDI", "disable_cdi", false),
  {
    purpose: "CDI",
    path: ["plugins", "cdi_spec_dirs"],
    wanted: { kind: "includes", anyOf: ["/var/run/cdi", "/run/cdi"] },
    builtIn: ["/etc/cdi", "/var/run/cdi"],
  },
  off("hugepage limits", "disable_hugetlb_controller", true),
];

/** The runtime with one file that has these keys. */
function reading(plugins: Record<string, unknown>, reader = "its only version"): SettingsReading {
  return {
    reader,
    states: settings.map((setting) => stateOf(setting, [{ path, table: { plugins } }], "by key")),
  };
}

function runtime(different: Partial<FoundRuntimeFacts> = {}): FoundRuntimeFacts {
  return {
    kind: "found",
    name: "runtime",
    program: "/opt/bin/runtime",
    oldest: [1, 7],
    ociRuntimes: ["runc"],
    version: parseRuntimeVersion("2.1.9"),
    settings: known(reading(fit)),
    setup: "set it up",
    restart: "restart it",
    ...different,
  };
}

function known(...readings: SettingsReading[]): RuntimeSettings {
  return { kind: "known", readings, nriSocket: undefined };
}

const fit = { disable_hugetlb_controller: false };

Deno.test("a runtime that is set up passes", () => {
  assert.deepEqual(outcomes(checkRuntime(runtime(), "/var/run/cdi")), [
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
  "NRI off": [{ ...fit, disable_nri: true }, "fail runtime-nri", /^disable_nri is true \(in \/etc/],
  "CDI off": [{ ...fit, disable_cdi: true }, "fail runtime-cdi", /^disable_cdi is true/],
  "other CDI directories": [
    { ...fit, cdi_spec_dirs: ["/etc/cdi"] },
    "fail runtime-cdi",
    /^\/var\/run\/cdi is not among .*: \/etc\/cdi$/,
  ],
};
for (const [mistake, [plugins, outcome, message]] of Object.entries(mistakes)) {
  Deno.test(`a runtime with ${mistake}: ${outcome}, with the remedy that was found for it`, () => {
    const facts = runtime({ settings: known(reading(plugins)) });
    const [result] = checkRuntime(facts, "/var/run/cdi").filter(({ outcome }) => outcome !== "pass");
    assert(result?.outcome === "fail");
    assert.equal(`${result.outcome} ${result.name}`, outcome);
    assert.match(result.message, message);
    assert.equal(result.fix, "set it up");
  });
}

Deno.test("where versions differ in what they make of the files, and it is not known which one runs, it is not said that all is well", () => {
  const facts = runtime({
    version: undefined,
    settings: known(reading({}, "runtime 1"), reading(fit, "runtime 2"), reading(fit, "runtime 3")),
  });
  const results = checkRuntime(facts, "/run/cdi");
  assert.deepEqual(problems(results), ["warn runtime-version", "warn runtime-hugetlb"]);
  assert.equal(
    results.at(-1)?.message,
    "cannot tell, since the version is not known; with runtime 1 it is not: disable_hugetlb_controller is true " +
      "(built in): the limits of claims are dropped silently; with runtime 2, 3 it is well: hugepage limits " +
      "are applied",
  );
});

Deno.test("the CDI directory counts by both its names, with or without a slash at its end", () => {
  assert.deepEqual(problems(checkRuntime(runtime(), "/run/cdi/")), []);
});

Deno.test("a CDI directory of one's own has to be among the runtime's", () => {
  const own = runtime({ settings: known(reading({ ...fit, cdi_spec_dirs: ["/etc/cdi", "/srv/cdi"] })) });
  assert.deepEqual(problems(checkRuntime(own, "/srv/cdi")), []);
  const [result] = checkRuntime(runtime(), "/srv/cdi").filter(({ outcome }) => outcome !== "pass");
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
  Deno.test(`a runtime of version ${version}, where 1.7 is the oldest: ${outcome}`, () => {
    const facts = runtime({ version: parseRuntimeVersion(version) });
    assert.equal(checkRuntime(facts, "/run/cdi")[0]?.outcome, outcome);
  });
}

Deno.test("a setting of which nobody says what holds is a warning, since that depends on the version", () => {
  const states = [stateOf(off("NRI", "disable_nri", undefined), [], "by key")];
  const results = checkRuntime(runtime({ settings: known({ reader: "", states }) }), "/run/cdi");
  assert.deepEqual(outcomes(results), ["pass runtime-version", "warn runtime-nri"]);
});

Deno.test("a configuration that is unusable fails; one that cannot be read is a warning", () => {
  const outcome = (kind: "unusable" | "unknown") =>
    problems(checkRuntime(runtime({ settings: { kind, reason: "why" } }), "/run/cdi"));
  assert.deepEqual(outcome("unusable"), ["fail runtime-nri"]);
  assert.deepEqual(outcome("unknown"), ["warn runtime-nri"]);
});

Deno.test("a runtime that is not found, or one of several, is a warning: it may be out of this process's sight", () => {
  assert.deepEqual(outcomes(checkRuntime({ kind: "none" }, "/run/cdi")), ["warn runtime-version"]);
  const [result] = checkRuntime({ kind: "unclear", reason: "two of them run" }, "/run/cdi");
  assert.deepEqual([result?.outcome, result?.message], ["warn", "two of them run"]);
});

Deno.test("a version that cannot be told is to be asked of the program that runs", () => {
  const [result] = checkRuntime(runtime({ version: undefined }), "/run/cdi");
  assert(result?.outcome === "warn");
  assert.match(result.fix, /see \/opt\/bin\/runtime --version$/);
});

const usual = "/var/run/nri/nri.sock";
const missing = { kind: "missing" } as const, connected = { kind: "connected" } as const;
const configuredAt = (nriSocket: string) =>
  runtime({ settings: { kind: "known", readings: [reading(fit)], nriSocket } });
const sockets: Record<string, [NriSocketFacts, FoundRuntimeFacts, string, RegExp | undefined]> = {
  "that takes connections": [{ path: usual, named: false, outcome: connected }, runtime(), "pass", undefined],
  "that is elsewhere, as the configuration says: the driver has to be told": [
    { path: "/x/nri.sock", named: false, outcome: connected },
    configuredAt("/x/nri.sock"),
    "warn",
    /^start the driver with --nri-socket=\/x\/nri.sock/,
  ],
  "that was named and takes connections": [
    { path: "/x/nri.sock", named: true, outcome: connected },
    runtime(),
    "pass",
    undefined,
  ],
  "that is missing, since NRI is off": [
    { path: usual, named: false, outcome: missing },
    runtime({ settings: known(reading({ disable_nri: true })) }),
    "fail",
    /^set it up$/,
  ],
  "that is missing although NRI is on: what is on is not to be turned on": [
    { path: usual, named: false, outcome: missing },
    runtime(),
    "fail",
    /counts once the runtime is restarted: restart it$/,
  ],
  "that is missing, since the configuration has another one": [
    { path: usual, named: true, outcome: missing },
    configuredAt("/x/nri.sock"),
    "fail",
    /has it at \/x\/nri.sock: name that by --nri-socket/,
  ],
  "that is no socket, where nobody listens after a restart either": [
    { path: "/x", named: true, outcome: { kind: "no socket" } },
    configuredAt("/x/nri.sock"),
    "fail",
    /has it at \/x\/nri.sock: name that by --nri-socket/,
  ],
  "that refuses": [
    { path: usual, named: false, outcome: { kind: "refused", reason: "connection refused" } },
    runtime(),
    "fail",
    /^restart it; only root may connect$/,
  ],
};
for (const [what, [socket, facts, outcome, fix]] of Object.entries(sockets)) {
  Deno.test(`an NRI socket ${what}: ${outcome}`, () => {
    const result = checkNriSocket(socket, facts);
    assert.equal(result.outcome, outcome);
    if (result.outcome === "pass") assert.equal(fix, undefined);
    else assert.match(result.fix, fix ?? /never/);
  });
}

Deno.test("without a runtime that is known the remedy for a missing socket is a question", () => {
  const result = checkNriSocket({ path: usual, named: false, outcome: missing }, { kind: "none" });
  assert(result.outcome === "fail");
  assert.match(result.fix, /is the runtime running/);
});
