import { RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import {
  isAtLeast,
  type MajorMinor,
  type RuntimeVersion,
} from "../../../../core/operations/runtimes/runtime_version.ts";
import { requiredPlugin, tolerationAnnotation } from "../nri_validator.ts";
import type { Setting } from "../../../../core/operations/runtimes/setting.ts";

/**
 * What the driver needs of CRI-O, by crio.conf(5). It always applies hugepage limits and reads CDI files; whether NRI
 * is on by itself depends on its version, so that it is always written down.
 */
export function crioSettings(requirePlugin: boolean): Setting[] {
  const nri = (...keys: string[]) => ["crio", "nri", ...keys];
  const validator = (key: string) => nri("default_validator", key);
  const settings: Setting[] = [
    { purpose: "NRI", path: nri("enable_nri"), wanted: { kind: "is", value: true }, builtIn: undefined },
    {
      purpose: "NRI",
      path: nri("nri_disable_connections"),
      wanted: { kind: "is", value: false },
      builtIn: false,
    },
    {
      purpose: "CDI",
      path: ["crio", "runtime", "cdi_spec_dirs"],
      wanted: { kind: "includes", anyOf: ["/var/run/cdi", "/run/cdi"] },
      builtIn: ["/etc/cdi", "/var/run/cdi"],
    },
  ];
  if (!requirePlugin) return settings;
  return [
    ...settings,
    {
      purpose: "required plugin",
      path: validator("nri_enable_default_validator"),
      wanted: { kind: "is", value: true },
      builtIn: false,
    },
    {
      purpose: "required plugin",
      path: validator("nri_validator_required_plugins"),
      wanted: { kind: "includes", anyOf: [requiredPlugin] },
      builtIn: [],
    },
    {
      purpose: "required plugin",
      path: validator("nri_validator_tolerate_missing_plugins_annotation"),
      wanted: { kind: "is set", value: tolerationAnnotation },
      builtIn: "",
    },
  ];
}

/** The first NRI with a validator. */
const validatorNri: MajorMinor = [0, 10];

/**
 * Makes sure that CRI-O can require a plugin. It leaves keys that it does not know unread, so that an older one would
 * seem to be set up and let everything through. Throws {@link RuntimeConfigError}.
 */
export function requireCrioValidator(crio: RuntimeVersion | undefined): void {
  if (crio === undefined) {
    throw new RuntimeConfigError(
      "Cannot require the plugin: it takes CRI-O 1.34, and its version is not known (say it by --runtime-version)",
    );
  }
  if (!isAtLeast(crio, 1, 34)) {
    throw new RuntimeConfigError(
      `Cannot require the plugin: CRI-O ${crio.text} has no validator that could (1.34 or newer has)`,
    );
  }
  // What is called 1.34.0 by the Go module proxy is a commit from before 1.33.0.
  const [major, minor] = crio.nri ?? validatorNri;
  if (isAtLeast({ major, minor }, ...validatorNri)) return;
  throw new RuntimeConfigError(
    `Cannot require the plugin: CRI-O ${crio.text} is built with NRI ${major}.${minor}, and its validator comes with ${
      validatorNri.join(".")
    } (use a release of CRI-O 1.34 or newer)`,
  );
}
