import type { FoundRuntimeFacts, RuntimeFacts } from "../ports/node_facts.ts";
import { stringsOf } from "../../values/config_table.ts";
import { isAtLeast } from "../runtimes/runtime_version.ts";
import type { SettingsReading, SettingState } from "../runtimes/setting.ts";
import { type CheckName, type CheckResult, fail, pass, warn } from "./check_result.ts";

/** The settings by what they are for, and the check that each is part of. */
const purposes = {
  "NRI": "runtime-nri",
  "CDI": "runtime-cdi",
  "hugepage limits": "runtime-hugetlb",
} as const;

/** Checks the runtime's version and configuration. */
export function checkRuntime(facts: RuntimeFacts, cdiDirectory: string): CheckResult[] {
  if (facts.kind === "found") return [checkVersion(facts), ...checkSettings(facts, cdiDirectory)];
  const message = facts.kind === "none" ? "cannot find containerd or CRI-O" : facts.reason;
  return [
    warn("runtime-version", message, "name it by --runtime, and its configuration by --runtime-config"),
  ];
}

function checkVersion(
  { name: runtime, program, oldest: [major, minor], version }: FoundRuntimeFacts,
): CheckResult {
  const name = "runtime-version";
  if (version === undefined) {
    return warn(
      name,
      `cannot tell the version of ${runtime}`,
      `${major}.${minor} or newer is wanted, see ${program} --version`,
    );
  }
  if (isAtLeast(version, major, minor)) return pass(name, `${runtime} ${version.text}`);
  return fail(
    name,
    `${runtime} ${version.text} has no NRI and CDI that the driver could use`,
    `use ${runtime} ${major}.${minor} or newer`,
  );
}

function checkSettings({ name, settings, setup }: FoundRuntimeFacts, cdiDirectory: string): CheckResult[] {
  if (settings.kind === "unusable") {
    return [fail("runtime-nri", settings.reason, setup.replace("--restart", "--check"))];
  }
  if (settings.kind === "unknown") {
    return [warn(
      "runtime-nri",
      `cannot tell how ${name} is configured: ${settings.reason}`,
      "look on the host itself, or name the configuration by --runtime-config",
    )];
  }
  return Object.entries(purposes).flatMap(([purpose, name]) => {
    const outcomes = settings.readings.flatMap((reading) => {
      const result = checkPurpose(purpose, name, reading, cdiDirectory, setup);
      return result === undefined ? [] : [{ reader: reading.reader, result }];
    });
    return outcomes.length === 0 ? [] : [agreed(name, outcomes, setup)];
  });
}

/** One result where all versions that may read the files come to the same, or else what each comes to. */
function agreed(
  name: CheckName,
  outcomes: readonly { readonly reader: string; readonly result: CheckResult }[],
  fix: string,
): CheckResult {
  const byText = Map.groupBy(outcomes, ({ result: { outcome, message } }) => `${outcome} ${message}`);
  const [first] = outcomes;
  if (byText.size === 1 && first !== undefined) return first.result;
  const texts = [...byText.values()].map((same) => {
    return `with ${listed(same.map(({ reader }) => reader))} it is ${
      same[0]?.result.outcome === "pass" ? "well" : "not"
    }: ${same[0]?.result.message}`;
  });
  return warn(name, `cannot tell, since the version is not known; ${texts.join("; ")}`, fix);
}

/** The runtime's name stands before the first of its versions alone. */
function listed([first = "", ...others]: readonly string[]): string {
  const name = `${first.split(" ")[0]} `;
  return [first, ...others.map((other) => other.startsWith(name) ? other.slice(name.length) : other)].join(
    ", ",
  );
}

function checkPurpose(
  purpose: string,
  name: CheckName,
  { states }: SettingsReading,
  cdiDirectory: string,
  fix: string,
): CheckResult | undefined {
  const concerned = states.filter(({ setting }) => setting.purpose === purpose);
  if (concerned.length === 0) return undefined;
  const [unmet] = concerned.filter((state) => !isMet(state, cdiDirectory));
  return unmet === undefined
    ? pass(name, passText(name, cdiDirectory))
    : unmetResult(name, unmet, cdiDirectory, fix);
}

function passText(name: CheckName, cdiDirectory: string): string {
  switch (name) {
    case "runtime-cdi":
      return `on, and reads ${cdiDirectory}`;
    case "runtime-hugetlb":
      return "hugepage limits are applied";
    default:
      return "on";
  }
}

function unmetResult(name: CheckName, state: SettingState, cdiDirectory: string, fix: string): CheckResult {
  const key = state.setting.path.at(-1) ?? "";
  const place = state.layer === undefined ? "built in" : `in ${state.layer.path}`;
  if (key === "cdi_spec_dirs") {
    const directories = stringsOf(state.value).join(", ");
    // What setup-runtime adds is the usual directory, which another one has to be put in by hand.
    const remedy = state.met ? `add ${cdiDirectory} to cdi_spec_dirs, or leave --cdi-dir as it is` : fix;
    return fail(
      name,
      `${cdiDirectory} is not among the CDI directories of the runtime: ${directories}`,
      remedy,
    );
  }
  if (state.value === undefined) {
    return warn(name, `${key} is not set, and what holds then depends on the runtime's version`, fix);
  }
  const consequence = name === "runtime-hugetlb" ? ": the limits of claims are dropped silently" : "";
  return fail(name, `${key} is ${JSON.stringify(state.value)} (${place})${consequence}`, fix);
}

/** Another directory for CDI files than the usual one makes a difference to no setting but that of the directories. */
function isMet({ setting, value, met }: SettingState, cdiDirectory: string): boolean {
  if (setting.path.at(-1) !== "cdi_spec_dirs") return met;
  return stringsOf(value).some((directory) => canonical(directory) === canonical(cdiDirectory));
}

/** `/var/run` is a link to `/run` wherever there is a systemd. */
export function canonical(directory: string): string {
  return directory.replace(/\/+$/, "").replace(/^\/var\/run\//, "/run/");
}
