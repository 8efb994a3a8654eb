import { type CheckResult, worstOutcome } from "../../core/operations/validate/check_result.ts";
import { columns } from "../ui/output.ts";

/** What `validate -o json` prints. */
export interface CheckReport {
  /** The worst of the checks'. */
  readonly outcome: CheckResult["outcome"];
  readonly checks: readonly ReportedCheck[];
}

interface ReportedCheck {
  readonly name: string;
  readonly outcome: CheckResult["outcome"];
  readonly message: string;
  /** Null where there is nothing to do. */
  readonly fix: string | null;
  /** Whether the daemon refuses to start because of it. */
  readonly fatal: boolean;
}

/** Puts results into the form that is printed. */
export function reportOf(results: readonly CheckResult[]): CheckReport {
  return {
    outcome: worstOutcome(results),
    checks: results.map((result) => ({
      name: result.name,
      outcome: result.outcome,
      message: result.message,
      fix: result.outcome === "pass" ? null : result.fix,
      fatal: result.outcome === "fail" && result.fatal,
    })),
  };
}

const marks = { pass: "✓", warn: "!", fail: "✗" } as const;

/** Lays results out for people, the fix of each beneath it; on a narrow terminal without a column for the names. */
export function reportTable({ checks }: CheckReport, isNarrow = false): string {
  if (isNarrow) {
    return columns(checks.flatMap(({ name, outcome, message, fix }) => [
      [marks[outcome], `${name}: ${message}`],
      ...fix === null ? [] : [["", `→ ${fix}`]],
    ]));
  }
  return columns(checks.flatMap(({ name, outcome, message, fix }) => [
    [marks[outcome], name, message],
    ...fix === null ? [] : [["", "", `→ ${fix}`]],
  ]));
}

/** The table with its marks in green, yellow and red. */
export function paintedMarks(table: string): string {
  return table.replace(
    /^[✓!✗]/gm,
    (mark) => `\x1b[${mark === "✓" ? 32 : mark === "!" ? 33 : 31}m${mark}\x1b[0m`,
  );
}

/** What it comes to, in one line: `2 of 17 checks failed, 1 warns`. */
export function summary({ checks }: CheckReport): string {
  const count = (outcome: CheckResult["outcome"]) =>
    checks.filter((check) => check.outcome === outcome).length;
  const failed = count("fail"), warned = count("warn");
  const warnings = warned === 0 ? "" : `, ${warned} ${warned === 1 ? "warning" : "warnings"}`;
  return failed === 0
    ? `No check of ${checks.length} failed${warnings}`
    : `${failed} of ${checks.length} checks failed${warnings}`;
}
