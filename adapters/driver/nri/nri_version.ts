/** A version of NRI, as three numbers. */
export type NriVersion = readonly [major: number, minor: number, patch: number];

/** Reads the version that runtimes say since NRI 0.12 (`0.12.5`, `v0.12.0`); undefined for anything else. */
export function parseNriVersion(text: string): NriVersion | undefined {
  const [, major, minor, patch] = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/.exec(text) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

/** Whether a version is the other one or newer. */
export function isAtLeast(version: NriVersion, other: NriVersion): boolean {
  const index = version.findIndex((number, place) => number !== other[place]);
  return index < 0 || (version[index] ?? 0) > (other[index] ?? 0);
}

/** The first version with memory policies; older ones do not say their version, and leave policies out. */
const memoryPolicyVersion: NriVersion = [0, 12, 0];

/** Whether a runtime of the version that it says takes memory policies. */
export function hasMemoryPolicies(text: string): boolean {
  const version = parseNriVersion(text);
  return version !== undefined && isAtLeast(version, memoryPolicyVersion);
}
