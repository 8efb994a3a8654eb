import type { Environment } from "@marcbachmann/cel-js";
import { parse, type SemVer } from "semver";

/** A semantic version in expressions. */
export class CelVersion {
  constructor(readonly version: SemVer) {}

  /** Throws for what is no version. */
  static parse(text: string): CelVersion {
    const version = parse(text);
    if (version === null || text.startsWith("v")) throw new Error(`no semantic version: ${text}`);
    return new CelVersion(version);
  }

  /** Takes `v1.0`, `1` and `01.2.3` as well, as Kubernetes' `semver(text, true)` does. */
  static normalized(text: string): CelVersion {
    const [core = "", ...rest] = text.replace(/^v/, "").split(/(?=[-+])/);
    const numbers = core.split(".").map((number) => number.replace(/^0+(?=\d)/, ""));
    while (numbers.length < 3) numbers.push("0");
    return CelVersion.parse(numbers.join(".") + rest.join(""));
  }
}

/** Adds the functions of k8s.io/apiserver/pkg/cel/library/semverlib.go. */
export function addVersions(environment: Environment): void {
  environment
    .registerType("Semver", { ctor: CelVersion, fields: {} })
    .registerFunction("semver(string): Semver", CelVersion.parse)
    .registerFunction("semver(string, bool): Semver", parsed)
    .registerFunction("isSemver(string): bool", (text: string) => isVersion(text, false))
    .registerFunction("isSemver(string, bool): bool", isVersion)
    .registerFunction("Semver.major(): int", (a: CelVersion) => BigInt(a.version.major))
    .registerFunction("Semver.minor(): int", (a: CelVersion) => BigInt(a.version.minor))
    .registerFunction("Semver.patch(): int", (a: CelVersion) => BigInt(a.version.patch))
    .registerFunction("Semver.compareTo(Semver): int", (a: CelVersion, b: CelVersion) => BigInt(order(a, b)))
    .registerFunction("Semver.isGreaterThan(Semver): bool", (a: CelVersion, b: CelVersion) => order(a, b) > 0)
    .registerFunction("Semver.isLessThan(Semver): bool", (a: CelVersion, b: CelVersion) => order(a, b) < 0)
    .registerOperator("Semver == Semver", (a: CelVersion, b: CelVersion) => order(a, b) === 0);
}

function parsed(text: string, normalize: boolean): CelVersion {
  return normalize ? CelVersion.normalized(text) : CelVersion.parse(text);
}

function isVersion(text: string, normalize: boolean): boolean {
  try {
    parsed(text, normalize);
    return true;
  } catch {
    return false;
  }
}

function order(a: CelVersion, b: CelVersion): -1 | 0 | 1 {
  return a.version.compare(b.version);
}
