import { JobError } from "../ui/fail.ts";
import { type OutputFormat, print, printLine } from "../ui/output.ts";
import { preflightChecks, type PreflightOptions } from "./preflight_checks.ts";
import { paintedMarks, reportOf, reportTable, summary } from "./preflight_report.ts";
import { outHasColours } from "../ui/terminal.ts";

/** The flags of `validate`. */
export interface ValidateOptions extends PreflightOptions {
  readonly output: OutputFormat;
}

/** Checks the node and prints what came of it. Throws {@link JobError} when a check fails. */
export async function runValidate({ output, ...options }: ValidateOptions): Promise<void> {
  const report = reportOf(await preflightChecks(options));
  print(output, report, () => outHasColours() ? paintedMarks(reportTable(report)) : reportTable(report));
  if (report.outcome === "fail") throw new JobError(summary(report));
  if (output === "table") printLine(summary(report));
}
