import type { GoProgram } from "../go.ts";

/**
 * The versions of NRI that runtimes have: 0.8 in containerd 1.7 to 2.1, 0.10 and 0.11 in 2.2, 0.12.0 in 2.3, and the
 * first one with failure policies.
 */
export const nriVersions = ["0.8.0", "0.10.0", "0.11.0", "0.12.0", "0.12.5"] as const;

/** One of {@link nriVersions}. */
export type NriVersion = typeof nriVersions[number];

/** The runtime's side of NRI, at a version. */
export function nriProgram(version: NriVersion): GoProgram {
  return {
    name: `nri-${version}`,
    module: new URL("./", import.meta.url),
    moduleFile: `v${version}.mod`,
    tags: ["nri_no_wasm"],
  };
}
