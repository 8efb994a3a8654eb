import {
  type ConfigLayer,
  type ConfigTable,
  RuntimeConfigError,
  stringsOf,
  valueAt,
} from "./configuration.ts";
import { type ConfigVersion, configVersions, isAtLeast, type RuntimeVersion } from "./runtime_version.ts";
import { requiredPlugin, tolerationAnnotation } from "./nri_validator.ts";
import type { Merging, Setting } from "./setting.ts";

const nriPlugin = "io.containerd.nri.v1.nri";
const oldCriPlugin = "io.containerd.grpc.v1.cri";
const criPlugin = "io.containerd.cri.v1.runtime";

/** The directory of CDI files, by both its names. */
const cdiDirectories = ["/var/run/cdi", "/run/cdi"] as const;

/**
 * What the driver needs of containerd. With version 2 nothing is taken to be on by itself unless the containerd is
 * named, because the file may be read by 1.7, where NRI and CDI are off until somebody turns them on.
 */
export function containerdSettings(
  version: ConfigVersion,
  requirePlugin: boolean,
  containerd?: RuntimeVersion,
): Setting[] {
  const nri = (key: string) => ["plugins", nriPlugin, key];
  const cri = (key: string) => ["plugins", version === 2 ? oldCriPlugin : criPlugin, key];
  const since2 = isReadBy2(version, containerd);
  return [
    { purpose: "NRI", path: nri("disable"), wanted: { kind: "is", value: false }, builtIn: !since2 },
    {
      purpose: "NRI",
      path: nri("disable_connections"),
      wanted: { kind: "is", value: false },
      builtIn: false,
    },
    { purpose: "CDI", path: cri("enable_cdi"), wanted: { kind: "is", value: true }, builtIn: since2 },
    {
      purpose: "CDI",
      path: cri("cdi_spec_dirs"),
      wanted: { kind: "includes", anyOf: cdiDirectories },
      builtIn: ["/etc/cdi", "/var/run/cdi"],
    },
    {
      purpose: "hugepage limits",
      path: cri("disable_hugetlb_controller"),
      wanted: { kind: "is", value: false },
      builtIn: true,
    },
    ...requirePlugin ? validatorSettings() : [],
  ];
}

/** How the files are merged. A file of version 2 is edited so that it holds for both ways, and read as one of 1.7's. */
export function mergingOf(version: ConfigVersion, containerd?: RuntimeVersion): Merging {
  return isReadBy2(version, containerd) ? "by key" : "by plugin table";
}

function isReadBy2(version: ConfigVersion, containerd: RuntimeVersion | undefined): boolean {
  return version > 2 || containerd !== undefined && isAtLeast(containerd, 2, 0);
}

/** The version that a main file names. Throws {@link RuntimeConfigError}. */
export function versionOf({ path, table }: ConfigLayer): ConfigVersion {
  const named = valueAt(table, ["version"]);
  const version = configVersions.find((known) => known === named);
  if (version !== undefined) return version;
  const has = named === undefined || named === 1
    ? "version 1, which a file without a version has as well"
    : `version ${JSON.stringify(named)}`;
  throw new RuntimeConfigError(
    `Cannot set up ${path}: it is of ${has} (${configVersions.join(", ")} are known; ` +
      "`containerd config default` and, since 2.0, `containerd config migrate` print one of a known version)",
  );
}

/** Throws {@link RuntimeConfigError} when a file turns off a plugin of containerd that is needed. */
export function refuseDisabledPlugins(layers: readonly ConfigLayer[]): void {
  for (const { path, table } of layers) {
    const needed = [nriPlugin, oldCriPlugin, criPlugin, "cri"];
    const disabled = stringsOf(valueAt(table, ["disabled_plugins"])).find((name) => needed.includes(name));
    if (disabled === undefined) continue;
    throw new RuntimeConfigError(
      `Cannot turn on what is disabled as a whole: disabled_plugins in ${path} names ${
        JSON.stringify(disabled)
      } (take it out)`,
    );
  }
}

/** Whether a file knows of the validator, as those that containerd 2.2 and newer print do. */
export function mentionsValidator(table: ConfigTable): boolean {
  return valueAt(table, ["plugins", nriPlugin, "default_validator"]) !== undefined;
}

function validatorSettings(): Setting[] {
  const validator = (key: string) => ["plugins", nriPlugin, "default_validator", key];
  const purpose = "required plugin";
  return [
    { purpose, path: validator("enable"), wanted: { kind: "is", value: true }, builtIn: false },
    {
      purpose,
      path: validator("required_plugins"),
      wanted: { kind: "includes", anyOf: [requiredPlugin] },
      builtIn: [],
    },
    {
      purpose,
      path: validator("tolerate_missing_plugins_annotation"),
      wanted: { kind: "is set", value: tolerationAnnotation },
      builtIn: "",
    },
  ];
}
