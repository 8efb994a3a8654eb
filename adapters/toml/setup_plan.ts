import type { FileChanges } from "../../core/runtime_config/configuration.ts";
import type { SettingState } from "../../core/runtime_config/setting.ts";
import type { ConfigFiles } from "../files/config_files.ts";
import { editToml } from "./edit_toml.ts";

/** A file's new content. */
export interface FileEdit {
  readonly path: string;
  readonly text: string;
}

/** What setting a runtime up would do. */
export interface SetupPlan {
  /** The settings as they are now. */
  readonly states: readonly SettingState[];
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
