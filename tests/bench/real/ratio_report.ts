import { format } from "../report.ts";
import { median } from "../statistics.ts";
import { failureOf, isMet, isRate, type RatioBudget } from "./ratio_budgets.ts";
import type { Measurements } from "./measurements.ts";

/** Two builds side by side: the one that is looked at, and that which it is compared with, if any. */
export interface Comparison {
  readonly own: string;
  readonly other: string | undefined;
  /** Programs that do nothing of a driver's work, to tell what is left of it. */
  readonly floors: readonly string[];
}

/** The ratio of the medians, and from which to which the ratios of the single rounds go. */
export interface Ratio {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined unless both were measured in the same rounds. */
export function ratioOf(own: readonly number[], other: readonly number[]): Ratio | undefined {
  if (own.length === 0 || own.length !== other.length) return undefined;
  const rounds = own.map((value, round) => value / (other[round] ?? Number.NaN));
  return {
    value: median(own) / median(other),
    least: Math.min(...rounds),
    most: Math.max(...rounds),
  };
}

/** A Markdown table with a row for each budget that was measured. */
export function ratioTable(
  budgets: readonly RatioBudget[],
  measurements: Measurements,
  { own, other, floors }: Comparison,
): string {
  const header = ["", own, ...other === undefined ? [] : [other, "ratio", "aim", ""], ...floors];
  const rows = budgets.flatMap((budget) => {
    const of = (contender: string) => measurements.of(contender, budget.metric);
    if ([own, ...floors].every((contender) => of(contender).length === 0)) return [];
    const compared = other === undefined ? [] : [spread(of(other)), ...against(budget, of(own), of(other))];
    return [[`${budget.what}, ${budget.unit}`, spread(of(own)), ...compared, ...floors.map(of).map(spread)]];
  });
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The ratio of the best round: one that others on the machine disturbed must not fail a run. */
function kindest(budget: RatioBudget, { least, most }: Ratio): number {
  return isRate(budget) ? most : least;
}

/** Why the run fails, one line each. */
export function ratioFailures(
  budgets: readonly RatioBudget[],
  measurements: Measurements,
  { own, other }: Comparison,
): string[] {
  return budgets.flatMap((budget) => {
    const values = measurements.of(own, budget.metric);
    if (values.length === 0) return [];
    const ratio = other === undefined ? undefined : ratioOf(values, measurements.of(other, budget.metric));
    return failureOf(budget, median(values), ratio && kindest(budget, ratio)) ?? [];
  });
}

function against(budget: RatioBudget, own: readonly number[], other: readonly number[]): string[] {
  const ratio = ratioOf(own, other);
  if (ratio === undefined) return ["", "", ""];
  const { value, least, most } = ratio;
  const met = isMet(budget, value);
  return [
    `${value.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`,
    budget.ratio === undefined ? "" : `${isRate(budget) ? "≥" : "≤"} ${budget.ratio}`,
    met === undefined ? "" : met ? "met" : "missed",
  ];
}

/** The median, and from which to which the values go if there are several. */
function spread(values: readonly number[]): string {
  if (values.length === 0) return "";
  const middle = format(median(values));
  if (values.length === 1) return middle;
  return `${middle} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}
