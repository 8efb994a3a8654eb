import { dirname, join } from "node:path";
import { RuntimeConfigError } from "../../../core/operations/runtimes/configuration.ts";
import { isAtLeast, type RuntimeVersion } from "../../../core/operations/runtimes/runtime_version.ts";
import { unmetStates } from "../../../core/operations/runtimes/setting.ts";
import type { ConfigFiles } from "../../shared/files/config_files.ts";
import { editToml } from "../../shared/toml/edit_toml.ts";
import { planMergedDropIn } from "./containerd/merged_drop_ins.ts";
import type { FoundRuntime } from "./find_runtime.ts";
import type { ContainerRuntime } from "./runtime.ts";
import type { SetupPlan, SetupWish } from "./setup_plan.ts";

/** Throws {@link RuntimeConfigError} for a version that is of no use to the driver, however it is configured. */
export function requireUsable(
  { name, oldest: [major, minor] }: Pick<ContainerRuntime, "name" | "oldest">,
  version: RuntimeVersion | undefined,
): void {
  if (version === undefined || isAtLeast(version, major, minor)) return;
  throw new RuntimeConfigError(
    `Cannot set up ${name} ${version.text}: it has no NRI and CDI that the driver could use ` +
      `(use ${name} ${major}.${minor} or newer)`,
  );
}

/**
 * Plans what makes a runtime's configuration fit for the driver, in the way that its distribution leaves open. Nothing
 * is written. Rejects with TomlError, ConfigFileError or {@link RuntimeConfigError}, which says what to do by hand where
 * that is the only way.
 */
export async function planSetup(
  { runtime, configuration, distribution, flags }: FoundRuntime,
  wanted: Omit<SetupWish, "flags">,
  files: ConfigFiles,
): Promise<SetupPlan> {
  const wish = flags === undefined ? wanted : { ...wanted, flags };
  const way = distribution?.way ?? { kind: "files" };
  const directory = dirname(configuration);
  switch (way.kind) {
    case "files":
      return await runtime.plan(configuration, wish, files);
    case "template": {
      const template = join(directory, way.template);
      const isThere = await files.read(template) !== undefined;
      return await runtime.plan(isThere ? template : configuration, wish, files);
    }
    case "merged drop-ins": {
      const isManaged = (await files.read(configuration))?.includes(way.marker) ?? true;
      return isManaged
        ? await planMergedDropIn(configuration, join(directory, way.directory), wish, files)
        : await runtime.plan(configuration, wish, files);
    }
    case "drop-ins": {
      const plan = await runtime.plan(configuration, wish, files);
      if (plan.edits.every(({ path }) => path !== configuration)) return plan;
      throw new RuntimeConfigError(`Cannot set up ${configuration}: ${way.remedy}`);
    }
    case "elsewhere": {
      const plan = await runtime.plan(configuration, wish, files);
      if (plan.edits.length === 0) return plan;
      const changes = unmetStates(plan.readings)
        .map(({ setting: { path }, target }) => ({ path, value: target }));
      const wanted = editToml("", changes, "the settings");
      throw new RuntimeConfigError(
        `Cannot set up ${configuration}: ${way.remedy}. It takes:\n\n${wanted.trim()}\n`,
      );
    }
  }
}
