import { type OutputFormat, print, printLine } from "../ui/output.ts";
import { type NodeCheckOptions, nodeChecks } from "./node_checks.ts";
import { paintedMarks, reportOf, reportTable, summary } from "./check_report.ts";
import { outWidth } from "../ui/terminal.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** The flags of `validate`. */
export interface ValidateOptions extends NodeCheckOptions {
  readonly output: OutputFormat;
}

/** Checks the node and prints what came of it. Throws {@link OperatorError} when a check fails. */
export async function runValidate({ output, ...options }: ValidateOptions): Promise<void> {
  const report = reportOf(await nodeChecks(options));
  await print(output, report, () => reportTable(report, (outWidth() ?? Infinity) < 80), paintedMarks);
  if (report.outcome === "fail") throw new OperatorError(summary(report));
  if (output === "table") printLine(summary(report));
}
