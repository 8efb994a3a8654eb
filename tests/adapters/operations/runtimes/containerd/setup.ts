import { planContainerd } from "../../../../../adapters/operations/runtimes/containerd/plan.ts";
import type { SetupPlan } from "../../../../../adapters/operations/runtimes/setup_plan.ts";
import { parseRuntimeVersion } from "../../../../../core/operations/runtimes/runtime_version.ts";
import { unmetStates } from "../../../../../core/operations/runtimes/setting.ts";
import { memoryFiles } from "../../../shared/files/memory_files.ts";

export const main = "/etc/containerd/config.toml";
export const dropIn = "/etc/containerd/conf.d/zz-dramemory.toml";

/** What is asked for beside the files. */
export interface Wish {
  readonly requirePlugin?: boolean;
  /** The installed version, as it prints it. */
  readonly installed?: string;
}

/** Plans with files in memory, by their paths. */
export function plan(texts: Record<string, string>, wish: Wish = {}): Promise<SetupPlan> {
  return planContainerd(main, wishOf(wish), memoryFiles(texts));
}

/** A wish as planning takes it. */
export function wishOf({ requirePlugin = false, installed }: Wish) {
  return {
    requirePlugin,
    version: installed === undefined ? undefined : parseRuntimeVersion(installed),
  };
}

/** The new contents by path. */
export function editsOf({ edits }: SetupPlan): Record<string, string> {
  return Object.fromEntries(edits.map(({ path, text }) => [path, text]));
}

/** The keys that do not hold yet. */
export function unmet({ readings }: SetupPlan): string[] {
  return unmetStates(readings).map(({ setting }) => setting.path.slice(2).join("."));
}
