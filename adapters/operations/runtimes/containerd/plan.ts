import { type FileChanges, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { refuseOverridden } from "../../../../core/operations/runtimes/setting.ts";
import type { RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { type ConfigFiles, withTexts } from "../../../shared/files/config_files.ts";
import { headOf } from "../head.ts";
import { editsOf, firstThatHolds, type SetupPlan, type SetupWish } from "../setup_plan.ts";
import { builtInFile } from "./built_in.ts";
import { changesByDropIn, changesInPlace } from "./changes.ts";
import { type ContainerdConfiguration, layerOf, readContainerdConfiguration } from "./configuration.ts";
import { dropInPlaces } from "./drop_in.ts";
import { namedVersion } from "./readers.ts";
import { type ContainerdReading, readingsOf } from "./readings.ts";
import { refuseDisabledPlugins, requireContainerdValidator } from "./settings.ts";

const head = headOf("containerd");

/**
 * Plans what makes containerd's configuration fit for the driver, and checks that it will, for every containerd that
 * may read it: by a drop-in where files are merged key by key, in place where they may not be. Nothing is written.
 *
 * Rejects with TomlError, ConfigFileError or {@link RuntimeConfigError}.
 */
export async function planContainerd(
  path: string,
  wish: SetupWish,
  files: ConfigFiles,
): Promise<SetupPlan> {
  const main = await files.read(path) ?? newMainFile(path, wish.version);
  const before = withTexts(files, new Map([[path, main]]));
  const configuration = await readContainerdConfiguration(path, before);
  const readings = readingsFor(configuration, wish);
  const ways = await waysOf(configuration, readings, before);
  return await firstThatHolds(ways, async (changes) => {
    const edits = await editsOf(changes, head, before);
    const after = withTexts(before, new Map(edits.map(({ path, text }) => [path, text])));
    refuseOverridden(readingsFor(await readContainerdConfiguration(path, after), wish));
    return { readings, edits };
  });
}

/** Plans the same for a text, which is edited in place; what it imports is not looked at. */
export async function planContainerdText(
  text: string,
  name: string,
  wish: SetupWish,
): Promise<SetupPlan> {
  const main = layerOf(name, text);
  const configuration = { main, layers: [main] };
  const readings = readingsFor(configuration, wish);
  const files = { read: () => Promise.resolve(text), list: () => Promise.resolve([]) };
  return { readings, edits: await editsOf(changesInPlace(readings, configuration), head, files) };
}

/** What can be changed so that the settings hold, the best first; a drop-in only where nobody replaces whole tables. */
async function waysOf(
  configuration: ContainerdConfiguration,
  readings: readonly ContainerdReading[],
  files: ConfigFiles,
): Promise<FileChanges[][]> {
  const isMet = readings.every(({ states }) => states.every(({ met }) => met));
  if (isMet) return [[]];
  if (readings.some(({ by }) => by.merging === "by plugin table")) {
    return [changesInPlace(readings, configuration)];
  }
  const places = await dropInPlaces(configuration, files);
  return places.map((place) => changesByDropIn(readings, configuration, place));
}

function readingsFor(
  { main, layers }: ContainerdConfiguration,
  { requirePlugin, version }: SetupWish,
): ContainerdReading[] {
  requireVersion(main.path, namedVersion(main));
  refuseDisabledPlugins(layers);
  if (requirePlugin) requireContainerdValidator(version, layers);
  return readingsOf(layers, version, requirePlugin);
}

/** What is added to a file of version 1 would have to be in names that containerd 2 does not take for NRI. */
function requireVersion(path: string, version: number): void {
  if (version > 1) return;
  throw new RuntimeConfigError(
    `Cannot set up ${path}: it is of version 1, which a file without a version has as well (2, 3, 4 are known; ` +
      "`containerd config default` and, since 2.0, `containerd config migrate` print one of a known version)",
  );
}

/**
 * Without a file containerd goes by what is built in, which a file with nothing but its version leaves as it is. Its
 * head tells that there was none before.
 */
function newMainFile(path: string, version: RuntimeVersion | undefined): string {
  if (version !== undefined) return `${head}\n${builtInFile(version)}`;
  throw new RuntimeConfigError(
    `Cannot find ${path}, nor tell which version of containerd it should be written for ` +
      "(name the file, or say the version by --runtime-version)",
  );
}
