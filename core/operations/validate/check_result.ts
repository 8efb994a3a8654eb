/** What is looked at, by the name that people and programs know it by. */
export type CheckName =
  | "cgroup-hierarchy"
  | "cgroup-layout"
  | "cgroup-controllers"
  | "cgroup-accounting"
  | "cgroup-delegation"
  | "cgroup-writable"
  | "kernel"
  | "hugepage-pools"
  | "node-memory"
  | "memory-zones"
  | "memory-demotion"
  | "memory-merging"
  | "kubelet-directories"
  | "kubelet-memory-manager"
  | "kubelet-counts-claims"
  | "runtime-version"
  | "runtime-nri"
  | "runtime-cdi"
  | "runtime-hugetlb"
  | "memory-policies"
  | "nri-socket"
  | "cdi-directory"
  | "root"
  | "clock";

/** What came of one check. */
export type CheckResult =
  | { readonly name: CheckName; readonly outcome: "pass"; readonly message: string }
  | { readonly name: CheckName; readonly outcome: "warn"; readonly message: string; readonly fix: string }
  | {
    readonly name: CheckName;
    readonly outcome: "fail";
    readonly message: string;
    /** What to do, in one line. */
    readonly fix: string;
    /** The daemon could not do its job, and does not start. */
    readonly fatal: boolean;
  };

/** All is well. */
export function pass(name: CheckName, message: string): CheckResult {
  return { name, outcome: "pass", message };
}

/** Something that can be lived with, or that cannot be told. */
export function warn(name: CheckName, message: string, fix: string): CheckResult {
  return { name, outcome: "warn", message, fix };
}

/** Some claims will not get what they are promised. */
export function fail(name: CheckName, message: string, fix: string): CheckResult {
  return { name, outcome: "fail", message, fix, fatal: false };
}

/** None of what the driver is for can work. */
export function fatal(name: CheckName, message: string, fix: string): CheckResult {
  return { name, outcome: "fail", message, fix, fatal: true };
}

/** The worst of the outcomes. */
export function worstOutcome(results: readonly CheckResult[]): CheckResult["outcome"] {
  const has = (wanted: CheckResult["outcome"]) => results.some(({ outcome }) => outcome === wanted);
  return has("fail") ? "fail" : has("warn") ? "warn" : "pass";
}

/** Whether the daemon refuses to start because of a result. */
export function isFatal(result: CheckResult): boolean {
  return result.outcome === "fail" && result.fatal;
}
