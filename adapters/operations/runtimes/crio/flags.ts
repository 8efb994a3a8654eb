import type { ConfigLayer } from "../../../../core/operations/runtimes/configuration.ts";
import { type ConfigValue, withChanges } from "../../../../core/values/config_table.ts";
import {
  type CommandLine,
  type FlagNames,
  flagSwitch,
  flagValue,
  flagValues,
} from "../../../shared/kernel_files/processes.ts";

/** The flags that CRI-O takes from its environment as well, by the variables (its internal/criocli). */
export const crioFlagVariables: Readonly<Record<string, FlagNames>> = {
  CONTAINER_CONFIG: ["config", "c"],
  CONTAINER_CONFIG_DIR: ["config-dir", "d"],
  CONTAINER_LISTEN: ["listen"],
  CONTAINER_CDI_SPEC_DIRS: ["cdi-spec-dirs"],
  CONTAINER_DEFAULT_RUNTIME: ["default-runtime"],
};

/**
 * What the flags of a CRI-O set over all its files (crio(8)), of what the driver looks at. A list is given by several flags
 * or between commas.
 */
export function crioFlags(line: CommandLine): ConfigLayer | undefined {
  const directories = flagValues(line, "cdi-spec-dirs").flatMap((value) => value.split(","));
  const values: [path: readonly string[], value: ConfigValue | undefined][] = [
    [["nri", "enable_nri"], flagSwitch(line, "enable-nri")],
    [["nri", "nri_disable_connections"], flagSwitch(line, "nri-disable-connections")],
    [["nri", "nri_listen"], flagValue(line, "nri-listen")],
    [["runtime", "default_runtime"], flagValue(line, "default-runtime")],
    [
      ["runtime", "cdi_spec_dirs"],
      directories.length === 0 ? undefined : directories.map((each) => each.trim()),
    ],
  ];
  const changes = values.flatMap(([path, value]) =>
    value === undefined ? [] : [{ path: ["crio", ...path], value }]
  );
  if (changes.length === 0) return undefined;
  return { path: "the command line of crio", table: withChanges({}, changes) };
}
