import { type ConfigLayer, RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import type { RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import { type Merging, type SettingsReading, stateOf } from "../../../../core/operations/runtimes/setting.ts";
import { type Reader, readers } from "./readers.ts";
import { containerdSettings } from "./settings.ts";

/** What the driver needs, as one kind of containerd has it. */
export interface ContainerdReading extends SettingsReading {
  readonly by: Reader;
}

/**
 * The settings as a containerd takes them from its files. Without its version, or where that does not tell, there is a
 * reading for every kind that would start with these files: one of them runs, but which is not known.
 *
 * Files that something else has merged before get the merging of that. Throws {@link RuntimeConfigError} when none would
 * start.
 */
export function readingsOf(
  layers: readonly ConfigLayer[],
  containerd: RuntimeVersion | undefined,
  requirePlugin: boolean,
  merging?: Merging,
): ContainerdReading[] {
  const possible = readers.filter(({ reads }) => containerd === undefined || reads(containerd));
  const readings: ContainerdReading[] = [], refusals: RuntimeConfigError[] = [];
  for (const by of possible) {
    try {
      const read = by.read(layers);
      const states = containerdSettings(by, requirePlugin).map((setting) =>
        stateOf(setting, read, merging ?? by.merging)
      );
      readings.push({ by, reader: by.name, states });
    } catch (error) {
      if (!(error instanceof RuntimeConfigError)) throw error;
      refusals.push(error);
    }
  }
  const last = refusals.at(-1);
  if (readings.length === 0 && last !== undefined) throw last;
  return readings;
}
