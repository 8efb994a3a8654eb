import type { GoProgram } from "../go.ts";

/**
 * Versions of containerd that differ in how they read their configuration: replacing a plugin's table by an import's
 * (1.7), merging it (2.0; 2.1 has the same code), with a validator in NRI (2.2), with version 4 and imports of no higher
 * version than the main file (2.3.4), of any version (2.3.7), and without a switch for CDI (2.4).
 */
export const containerdVersions = ["1.7.35", "2.0.14", "2.2.9", "2.3.4", "2.3.7", "2.4.2"] as const;

/** One of {@link containerdVersions}. */
export type ContainerdVersion = typeof containerdVersions[number];

/** containerd at a version. */
export function containerdProgram(version: ContainerdVersion): GoProgram {
  return {
    name: `containerd-${version}`,
    module: new URL("./", import.meta.url),
    moduleFile: `v${version}.mod`,
    package: `github.com/containerd/containerd${version.startsWith("1.") ? "" : "/v2"}/cmd/containerd`,
  };
}
