import { RuntimeConfigError } from "./configuration.ts";

/** The version of a runtime. */
export interface RuntimeVersion {
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

/** The versions of containerd's configuration that are known, newest last. */
export const configVersions = [2, 3, 4] as const;

/** One of {@link configVersions}. */
export type ConfigVersion = typeof configVersions[number];

/**
 * Finds the version in what `containerd --version` or `crio --version` prints, or in what a person wrote: `v2.1.9`,
 * `1.7`. Returns undefined when there is none.
 */
export function parseRuntimeVersion(text: string): RuntimeVersion | undefined {
  const [, version, major, minor] = /(?:^|\s)v?((\d+)\.(\d+)[^\s]*)/.exec(text) ?? [];
  if (version === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), text: version };
}

/** Whether a version is another one or newer. */
export function isAtLeast(version: RuntimeVersion, major: number, minor: number): boolean {
  return version.major > major || version.major === major && version.minor >= minor;
}

/** The version of the configuration that a containerd writes itself. Throws {@link RuntimeConfigError}. */
export function configVersionOf(containerd: RuntimeVersion): ConfigVersion {
  if (containerd.major > 2 || !isAtLeast(containerd, 1, 7)) {
    throw new RuntimeConfigError(
      `Cannot write a configuration for containerd ${containerd.text} (1.7 to 2.x are known)`,
    );
  }
  if (isAtLeast(containerd, 2, 3)) return 4;
  return containerd.major === 2 ? 3 : 2;
}
