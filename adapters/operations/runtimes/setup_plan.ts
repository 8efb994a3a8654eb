import {
  type ConfigLayer,
  type FileChanges,
  RuntimeConfigError,
} from "../../../core/operations/runtimes/configuration.ts";
import type { RuntimeVersion } from "../../../core/operations/runtimes/runtime_version.ts";
import type { SettingsReading } from "../../../core/operations/runtimes/setting.ts";
import type { ConfigFiles } from "../../shared/files/config_files.ts";
import { editToml } from "../../shared/toml/edit_toml.ts";

/** What is wanted of a runtime beyond what the driver cannot do without. */
export interface SetupWish {
  /** Containers are refused while the driver is away. */
  readonly requirePlugin: boolean;
  /** The version that is installed; undefined when it cannot be told. */
  readonly version: RuntimeVersion | undefined;
  /** What the flags of the running one set over all files; absent where they set nothing. */
  readonly flags?: ConfigLayer;
}

/** A file's new content. */
export interface FileEdit {
  readonly path: string;
  readonly text: string;
}

/** What setting a runtime up would do. */
export interface SetupPlan {
  /** The settings as they are now, for every version of the runtime that may read the files. */
  readonly readings: readonly SettingsReading[];
  /** The files to write, in this order; none when everything is as it should be. */
  readonly edits: readonly FileEdit[];
}

/** Makes the new contents of files; one that is not there begins with the given head. Rejects with TomlError. */
export async function editsOf(
  changes: readonly FileChanges[],
  head: string,
  files: ConfigFiles,
): Promise<FileEdit[]> {
  return await Promise.all(
    changes.map(async ({ path, changes }) => ({
      path,
      text: editToml(await files.read(path) ?? head, changes, path),
    })),
  );
}

/**
 * The first of several ways that comes to something. Rejects with the {@link RuntimeConfigError} of the first, which is
 * the usual one, when none does.
 */
export async function firstThatHolds<Way, Result>(
  ways: readonly Way[],
  attempt: (way: Way) => Promise<Result>,
): Promise<Result> {
  const refusals: RuntimeConfigError[] = [];
  for (const way of ways) {
    try {
      return await attempt(way);
    } catch (error) {
      if (!(error instanceof RuntimeConfigError)) throw error;
      refusals.push(error);
    }
  }
  throw refusals[0] ??
    new RuntimeConfigError("Cannot set up the runtime: there is no place for its settings");
}
