import { type Budget, verdictOn } from "./_budgets.ts";
import type { Measured } from "./_results.ts";

/** A Markdown table of all figures, a row for each of BUDGETS.md that was measured and a column for each driver. */
export function table(
  budgets: readonly Budget[],
  figures: readonly Measured[],
  contenders: readonly string[],
): string {
  const rows = budgets.flatMap((budget) => {
    const of = figures.filter(({ metric }) => metric === budget.metric);
    if (of.length === 0) return [];
    const cells = contenders.map((name) => cell(of.filter(({ contender }) => contender === name)));
    const own = of.filter(({ contender }) => contender === contenders[0]);
    const unit = budget.unit === "" ? "" : `, ${budget.unit}`;
    const limit = budget.limit === undefined
      ? ""
      : `${budget.unit === "claims/s" ? "≥" : "≤"} ${budget.limit}`;
    return [[`${budget.what}${unit}${variants(of)}`, limit, ...cells, verdict(budget, own), runs(own)]];
  });
  return [
    ["", "budget", ...contenders, "", "runs"],
    Array.from({ length: contenders.length + 4 }, () => "---"),
    ...rows,
  ].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The figures that miss their budget by more than its head-room, one line each. */
export function failures(budgets: readonly Budget[], figures: readonly Measured[]): string[] {
  return budgets.flatMap((budget) =>
    figures.filter(({ metric, value }) =>
      metric === budget.metric && verdictOn(budget, value).kind === "failed"
    )
      .map(({ value, prepared }) =>
        `${budget.metric}${prepared === undefined ? "" : ` with ${prepared} prepared claims`}: ${
          format(value)
        } ` +
        `${budget.unit}, the budget is ${budget.limit}`
      )
  );
}

/** Three digits that count, and all before the point. */
export function format(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(value < 0.1 ? 2 : 3);
}

function cell(figures: readonly Measured[]): string {
  return figures.map(({ value }) => format(value)).join(" / ");
}

function variants(figures: readonly Measured[]): string {
  const prepared = [...new Set(figures.flatMap(({ prepared }) => prepared ?? []))];
  return prepared.length === 0 ? "" : ` (${prepared.map(format).join(" / ")} prepared)`;
}

function verdict(budget: Budget, figures: readonly Measured[]): string {
  const shares = figures.flatMap(({ value }) => {
    const verdict = verdictOn(budget, value);
    return verdict.kind === "no-budget" ? [] : [verdict.share];
  });
  if (shares.length === 0) return "";
  const worst = Math.max(...shares);
  return worst <= 1 ? "met" : `missed by ${Math.round((worst - 1) * 100)} %`;
}

function runs(figures: readonly Measured[]): string {
  return [...new Set(figures.map(({ runs }) => format(runs)))].join(" / ");
}
