import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { stringsOf, valueAt } from "../../../../core/values/config_table.ts";
import { isAtLeast, type RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import type { Setting } from "../../../../core/operations/runtimes/setting.ts";
import { requiredPlugin, tolerationAnnotation } from "../nri_validator.ts";
import { criPlugin, nriPlugin, oldCriPlugin, shortNames } from "./names.ts";
import { lastVersion, type Reader } from "./readers.ts";

/** The directory of CDI files, by both its names. */
const cdiDirectories = ["/var/run/cdi", "/run/cdi"] as const;

/** What the driver needs of a containerd that reads its files in some way, under today's names of the tables. */
export function containerdSettings(
  { onByItself, hasCdiSwitch }: Pick<Reader, "onByItself" | "hasCdiSwitch">,
  requirePlugin: boolean,
): Setting[] {
  const nri = (key: string) => ["plugins", nriPlugin, key];
  const cri = (key: string) => ["plugins", criPlugin, key];
  const enableCdi: Setting = {
    purpose: "CDI",
    path: cri("enable_cdi"),
    wanted: { kind: "is", value: true },
    builtIn: onByItself,
  };
  return [
    { purpose: "NRI", path: nri("disable"), wanted: { kind: "is", value: false }, builtIn: !onByItself },
    {
      purpose: "NRI",
      path: nri("disable_connections"),
      wanted: { kind: "is", value: false },
      builtIn: false,
    },
    ...hasCdiSwitch ? [enableCdi] : [],
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

/** Throws {@link RuntimeConfigError} when a file turns off a plugin of containerd that is needed. */
export function refuseDisabledPlugins(layers: readonly ConfigLayer[]): void {
  for (const { path, table } of layers) {
    const needed: readonly string[] = [nriPlugin, oldCriPlugin, criPlugin, shortNames.cri];
    const disabled = stringsOf(valueAt(table, ["disabled_plugins"])).find((name) => needed.includes(name));
    if (disabled === undefined) continue;
    throw new RuntimeConfigError(
      `Cannot turn on what is disabled as a whole: disabled_plugins in ${path} names ${
        JSON.stringify(disabled)
      } (take it out)`,
    );
  }
}

/**
 * Makes sure that containerd can require a plugin (2.2 and newer can). Without its version the files have to tell:
 * version 4 of them is newer, and what 2.2 prints mentions it. Throws {@link RuntimeConfigError}.
 */
export function requireContainerdValidator(
  containerd: RuntimeVersion | undefined,
  layers: readonly ConfigLayer[],
): void {
  if (containerd === undefined) {
    const validator = ["plugins", nriPlugin, "default_validator"];
    if (lastVersion(layers) === 4 || layers.some(({ table }) => valueAt(table, validator) !== undefined)) {
      return;
    }
    throw new RuntimeConfigError(
      "Cannot require the plugin: it takes containerd 2.2, and its version is not known (say it by --runtime-version)",
    );
  }
  if (isAtLeast(containerd, 2, 2)) return;
  throw new RuntimeConfigError(
    `Cannot require the plugin: containerd ${containerd.text} has no validator that could (2.2 or newer has)`,
  );
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
