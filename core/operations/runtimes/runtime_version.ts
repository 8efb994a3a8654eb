/** The version of a runtime. */
export interface RuntimeVersion {
  readonly major: number;
  readonly minor: number;
  /** Undefined where only `2.3` was said. */
  readonly patch: number | undefined;
  readonly text: string;
  /** The NRI that it is built with; absent where that is not said. */
  readonly nri?: MajorMinor;
}

/**
 * Finds the version in what `containerd --version`, `crio --version` or `crio version --verbose` prints, or in what a person
 * wrote: `v2.1.9`, `1.7`. The verbose one lists the Go modules of the build, NRI's among them. Returns undefined when there
 * is none.
 */
export function parseRuntimeVersion(text: string): RuntimeVersion | undefined {
  const [, version, major, minor, patch] = /(?:^|\s)v?((\d+)\.(\d+)(?:\.(\d+))?[^\s]*)/.exec(text) ?? [];
  if (version === undefined) return undefined;
  const nri = /^\s*github\.com\/containerd\/nri v(\d+)\.(\d+)\./m.exec(text);
  return {
    major: Number(major),
    minor: Number(minor),
    patch: patch === undefined ? undefined : Number(patch),
    text: version,
    ...(nri === null ? {} : { nri: [Number(nri[1]), Number(nri[2])] }),
  };
}

/** Whether a version, of a runtime or of an NRI, is another one or newer. */
export function isAtLeast(
  { major, minor }: Pick<RuntimeVersion, "major" | "minor">,
  ...[wantedMajor, wantedMinor]: MajorMinor
): boolean {
  return major > wantedMajor || major === wantedMajor && minor >= wantedMinor;
}

/** The first two numbers of a version. */
export type MajorMinor = readonly [major: number, minor: number];
