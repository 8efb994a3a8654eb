import type { RuntimeInfo } from "./plugin_service.ts";

/** A version of NRI, as three numbers. */
export type NriVersion = readonly [major: number, minor: number, patch: number];

/** Which NRI each containerd brings, newest first, for those that do not say so themselves. */
const containerdReleases: readonly (readonly [containerd: NriVersion, nri: NriVersion])[] = [
  [[2, 3, 0], [0, 12, 0]],
  [[2, 2, 1], [0, 11, 0]],
  [[2, 2, 0], [0, 10, 0]],
  [[2, 0, 0], [0, 8, 0]],
  [[1, 7, 26], [0, 8, 0]],
  [[1, 7, 16], [0, 6, 1]],
  [[1, 7, 14], [0, 6, 0]],
  [[1, 7, 7], [0, 4, 0]],
  [[1, 7, 0], [0, 3, 0]],
];

/**
 * The NRI version of a runtime: what it says (since 0.12), or else what its release is known to bring. Undefined
 * for runtimes that are not known.
 */
export function nriVersionOf(
  { nriVersion, runtimeName, runtimeVersion }: RuntimeInfo,
): NriVersion | undefined {
  const said = parse(nriVersion);
  if (said !== undefined || runtimeName !== "containerd") return said;
  const release = parse(runtimeVersion);
  return release && containerdReleases.find(([containerd]) => isAtLeast(release, containerd))?.[1];
}

/** Whether a version is the other one or newer. */
export function isAtLeast(version: NriVersion, other: NriVersion): boolean {
  const index = version.findIndex((number, place) => number !== other[place]);
  return index < 0 || (version[index] ?? 0) > (other[index] ?? 0);
}

/** Reads `0.12.5` and `v2.2.1-rc.0`; undefined for anything else. */
function parse(text: string): NriVersion | undefined {
  const [, major, minor, patch] = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(text) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}
