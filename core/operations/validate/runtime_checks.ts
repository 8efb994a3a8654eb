import type { NriSocketFacts, RuntimeFacts } from "../ports/node_facts.ts";
import { stringsOf } from "../runtimes/configuration.ts";
import { isAtLeast } from "../runtimes/runtime_version.ts";
import type { SettingState } from "../runtimes/setting.ts";
import { type CheckName, type CheckResult, fail, pass, warn } from "./check_result.ts";

/** The first versions with NRI that take CDI devices from the kubelet: containerd#8252, cri-o#6944. */
const oldest = { containerd: [1, 7], crio: [1, 28] } as const;

/** The settings by what they are for, and the check that each is part of. */
const purposes = {
  "NRI": "runtime-nri",
  "CDI": "runtime-cdi",
  "hugepage limits": "runtime-hugetlb",
} as const;

/** Checks the runtime's version and configuration. */
export function checkRuntime(facts: RuntimeFacts | undefined, cdiDirectory: string): CheckResult[] {
  if (facts === undefined) {
    return [warn(
      "runtime-version",
      "cannot find containerd or CRI-O",
      "name it by --runtime, and its configuration by --runtime-config",
    )];
  }
  return [checkVersion(facts), ...checkSettings(facts, cdiDirectory)];
}

/** Checks that something listens at the socket on which the runtime asks its plugins. */
export function checkNriSocket(
  { path, outcome }: NriSocketFacts,
  runtime: RuntimeFacts["runtime"] = "containerd",
): CheckResult {
  const name = "nri-socket";
  switch (outcome.kind) {
    case "connected":
      return pass(name, `${path} takes connections`);
    case "missing":
      return fail(
        name,
        `${path} is not there`,
        `dramemory setup-runtime ${runtime} --restart turns NRI on; is the runtime running?`,
      );
    case "refused":
      return fail(
        name,
        `cannot connect to ${path}: ${outcome.reason}`,
        "restart the container runtime; only root may connect",
      );
  }
}

function checkVersion({ runtime, version }: RuntimeFacts): CheckResult {
  const name = "runtime-version";
  const [major, minor] = oldest[runtime];
  if (version === undefined) {
    return warn(
      name,
      `cannot tell the version of ${runtime}`,
      `${major}.${minor} or newer is wanted, see ${runtime} --version`,
    );
  }
  if (isAtLeast(version, major, minor)) return pass(name, `${runtime} ${version.text}`);
  return fail(
    name,
    `${runtime} ${version.text} has no NRI and CDI that the driver could use`,
    `use ${runtime} ${major}.${minor} or newer`,
  );
}

function checkSettings({ runtime, settings }: RuntimeFacts, cdiDirectory: string): CheckResult[] {
  if (settings.kind === "unusable") {
    return [fail("runtime-nri", settings.reason, `see dramemory setup-runtime ${runtime} --check`)];
  }
  if (settings.kind === "unknown") {
    return [warn(
      "runtime-nri",
      `cannot tell how ${runtime} is configured: ${settings.reason}`,
      "look on the host itself, or name the configuration by --runtime-config",
    )];
  }
  const fix = `dramemory setup-runtime ${runtime} --restart`;
  return Object.entries(purposes).flatMap(([purpose, name]) => {
    const states = settings.states.filter(({ setting }) => setting.purpose === purpose);
    if (states.length === 0) return [];
    const [unmet] = states.filter((state) => !isMet(state, cdiDirectory));
    return [
      unmet === undefined
        ? pass(name, passText(name, cdiDirectory))
        : unmetResult(name, unmet, cdiDirectory, fix),
    ];
  });
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
function canonical(directory: string): string {
  return directory.replace(/\/+$/, "").replace(/^\/var\/run\//, "/run/");
}
