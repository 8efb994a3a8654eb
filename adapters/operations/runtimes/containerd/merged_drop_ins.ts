import { basename, dirname, join } from "node:path";
import type { ConfigChange } from "../../../../core/values/config_table.ts";
import { refuseOverridden, unmetStates } from "../../../../core/operations/runtimes/setting.ts";
import { type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { lastName } from "../last_name.ts";
import { headOf } from "../head.ts";
import { editsOf, type SetupPlan, type SetupWish } from "../setup_plan.ts";
import { type ContainerdConfiguration, layerOf, readContainerdConfiguration } from "./configuration.ts";
import { criPlugin, oldCriPlugin } from "./names.ts";
import { type ContainerdReading, readingsOf } from "./readings.ts";
import { lastVersion } from "./readers.ts";
import { refuseDisabledPlugins, requireContainerdValidator } from "./settings.ts";

const head = headOf("containerd");

/**
 * Plans a drop-in for a configuration that its distribution puts together anew at each start, by adding what is in the
 * files of a directory key by key (k0s, docs/runtime.md). What is in the directory already counts as if that had
 * happened. Nothing is written. Rejects with TomlError, ConfigFileError or RuntimeConfigError.
 */
export async function planMergedDropIn(
  path: string,
  directory: string,
  wish: SetupWish,
  files: ConfigFiles,
): Promise<SetupPlan> {
  const before = await withDropIns(path, directory, files);
  const readings = readingsFor(before, wish);
  const wanted = unmetStates(readings);
  if (wanted.length === 0) return { readings, edits: [] };
  const version = lastVersion(before.layers) ?? 2;
  const changes: ConfigChange[] = [
    { path: ["version"], value: version },
    ...wanted.map(({ setting: { path }, target }) => ({
      path: path.map((part) => version < 3 && part === criPlugin ? oldCriPlugin : part),
      value: target,
    })),
  ];
  const others = before.layers.filter((layer) => dirname(layer.path) === directory)
    .map((layer) => basename(layer.path));
  const edits = await editsOf(
    [{ path: join(directory, lastName("dramemory.toml", others)), changes }],
    head,
    files,
  );
  const after = withTexts(files, new Map(edits.map(({ path, text }) => [path, text])));
  refuseOverridden(readingsFor(await withDropIns(path, directory, after), wish));
  return { readings, edits };
}

async function withDropIns(
  path: string,
  directory: string,
  files: ConfigFiles,
): Promise<ContainerdConfiguration> {
  // What the main file imports is made at the start, and is not there before it.
  const read = async (each: string) => await files.read(each) ?? (each === path ? undefined : "");
  const { main, layers } = await readContainerdConfiguration(path, { ...files, read });
  const names = (await files.list(directory)).filter(({ name, isDirectory }) =>
    !isDirectory && name.endsWith(".toml")
  );
  const dropIns = await Promise.all(names.map(async ({ name }) => {
    const dropIn = join(directory, name);
    const text = await files.read(dropIn);
    return text === undefined ? [] : [layerOf(dropIn, text)];
  }));
  const added = dropIns.flat();
  const isAdded = (path: string) => added.some((each) => each.path === path);
  return { main, layers: [...layers.filter(({ path }) => !isAdded(path)), ...added] };
}

function readingsFor(
  { layers }: ContainerdConfiguration,
  { requirePlugin, version }: SetupWish,
): ContainerdReading[] {
  refuseDisabledPlugins(layers);
  if (requirePlugin) requireContainerdValidator(version, layers);
  return readingsOf(layers, version, requirePlugin, "by key");
}
