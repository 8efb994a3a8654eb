import { type ASTNode, type Environment, EvaluationError } from "@marcbachmann/cel-js";
import { parse, type SemVer } from "semver";

/** A semantic version in expressions. */
export class CelVersion {
  constructor(readonly version: SemVer) {}

  /** Undefined for what is no version. */
  static read(text: string): CelVersion | undefined {
    // The library takes a `v` in front and white space around it as well.
    const version = /^\d.*\S$/.test(text) ? parse(text) : null;
    return version === null ? undefined : new CelVersion(version);
  }

  /** Throws an {@link EvaluationError} for what is no version. */
  static parse(text: string): CelVersion {
    const version = CelVersion.read(text);
    if (version === undefined) throw new EvaluationError(`no semantic version: ${text}`);
    return version;
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
  differFromOthers(environment);
}

/**
 * Makes a version compare to values of other types as there: its `Equal` errs, and for cel-go what errs is not equal. So
 * `version == "1.2.3"` errs, while `version != "1.2.3"` is true, whatever the version is.
 */
function differFromOthers(environment: Environment): void {
  for (const other of ["string", "int", "uint", "double", "bool", "list", "map"]) {
    // The library makes `!=` of it as well, and both with the sides changed.
    environment.registerOperator(`Semver == ${other}`, (...[, , node]: [unknown, unknown, ASTNode?]) => {
      if (node?.op === "!=") return false;
      throw new EvaluationError(`no such overload: Semver == ${other}`);
    });
  }
}

function parsed(text: string, normalize: boolean): CelVersion {
  return normalize ? CelVersion.normalized(text) : CelVersion.parse(text);
}

function isVersion(text: string, normalize: boolean): boolean {
  try {
    parsed(text, normalize);
    return true;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return false;
  }
}

function order(a: CelVersion, b: CelVersion): -1 | 0 | 1 {
  return a.version.compare(b.version);
}
