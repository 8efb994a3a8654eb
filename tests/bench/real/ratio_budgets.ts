/** A row of BUDGETS.md: a figure, and what it may be. */
export interface RatioBudget {
  readonly metric: string;
  readonly what: string;
  readonly unit: string;
  /** What the ratio to the reference build is to be: of rates the least, of everything else the most. */
  readonly ratio: number | undefined;
  /** What the figure may be at most, whatever the reference build does. */
  readonly most: number | undefined;
}

/** A text that is no table of budgets. */
export class RatioBudgetsError extends Error {
  override name = "RatioBudgetsError";
}

/** A figure that is worse than the reference's by this part fails a run: noise alone does less. */
const worseBy = 0.5;
/** What a figure with a most may have on top before it fails a run. */
const headRoom = 0.25;

/** Reads the table of BUDGETS.md. Throws {@link RatioBudgetsError}. */
export function parseRatioBudgets(markdown: string): RatioBudget[] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
  if (rows.length === 0) throw new RatioBudgetsError("Cannot read the budgets: no row begins with | `name`");
  return rows.map((row) => {
    const cells = row.slice(1, -1).split("|").map((cell) => cell.trim());
    const [name = "", what = "", unit = "", ratio = "", most = "", ...rest] = cells;
    const budget = { metric: name.replaceAll("`", ""), what, unit, ratio: amount(ratio), most: amount(most) };
    if (rest.length > 0 || what === "" || Number.isNaN(budget.ratio) || Number.isNaN(budget.most)) {
      throw new RatioBudgetsError(`Cannot read the budget ${row}`);
    }
    return budget;
  });
}

/** Whether more of a figure is better. */
export function isRate({ unit }: RatioBudget): boolean {
  return unit.endsWith("s") && unit.startsWith("claims/");
}

/** Whether a ratio is what the budget wants; undefined where it wants nothing. */
export function isMet(budget: RatioBudget, ratio: number): boolean | undefined {
  if (budget.ratio === undefined) return undefined;
  return isRate(budget) ? ratio >= budget.ratio : ratio <= budget.ratio;
}

/** Why a figure fails the run; undefined when it does not. `ratio` is undefined when there is no reference. */
export function failureOf(budget: RatioBudget, value: number, ratio: number | undefined): string | undefined {
  if (budget.most !== undefined && value > budget.most * (1 + headRoom)) {
    return `${budget.metric} is ${value.toFixed(1)} ${budget.unit}, at most ${budget.most} were to be`;
  }
  if (ratio === undefined) return undefined;
  const worse = isRate(budget) ? 1 / ratio : ratio;
  if (worse <= 1 + worseBy) return undefined;
  return `${budget.metric} is worse than the other build's by ${Math.round((worse - 1) * 100)} %`;
}

function amount(cell: string): number | undefined {
  return cell === "" ? undefined : Number(cell);
}
